using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Looks inside an ONNX network: every inner tensor becomes an output of a copy, which tells its shape.</summary>
internal sealed class OnnxInspector
{
    private readonly OnnxModelFile _file;
    private readonly OnnxClassifierShape _shape;
    private readonly OnnxTeacherOptions _options;
    private readonly OnnxDataFlow _flow;

    public OnnxInspector(OnnxModelFile file, OnnxClassifierShape shape, OnnxTeacherOptions options)
    {
        (_file, _shape, _options) = (file, shape, options);
        _flow = new OnnxDataFlow(file.Model.Graph, shape.Input, shape.Output is { } output ? [output] : file.Outputs.Select(o => o.Name));
    }

    /// <summary>The embedding's tensor: the one the options name, or the one that is found; null for none.</summary>
    /// <exception cref="InvalidDataException">The options name one that isn't there.</exception>
    public string? EmbeddingName => _options.EmbeddingName is { } name ? Existing(name, nameof(OnnxTeacherOptions.EmbeddingName)) : FoundEmbedding();

    /// <summary>The maps the options name; null where they leave it to the rule.</summary>
    /// <exception cref="InvalidDataException">The options name one that isn't there.</exception>
    public IReadOnlyList<string>? FeatureNames => _options.FeatureNames?.Select(n => Existing(n, nameof(OnnxTeacherOptions.FeatureNames))).ToList();

    public OnnxLayouts Layouts(ImageSize size) => new(_flow, _shape.Input, _shape.ChannelsLast, size);

    /// <param name="size">The size of the image the network is given.</param>
    public IReadOnlyList<OnnxMap> FindMaps(ImageSize size, int threads)
    {
        var (shapes, layouts) = (Shapes(_flow.Tensors.Select(t => t.Name), size, threads), Layouts(size));
        var maps = new List<OnnxMap>();
        foreach (var tensor in _flow.Tensors)
        {
            if (!shapes.TryGetValue(tensor.Name, out var shape) || shape.Length != 4)
                continue;
            var channelsLast = layouts.ChannelsLast(tensor.Name, shape);
            var (channels, height, width) = channelsLast ? (shape[3], shape[1], shape[2]) : (shape[1], shape[2], shape[3]);
            maps.Add(new(tensor, new(tensor.Name, (int)channels, (int)height, (int)width), channelsLast));
        }
        return maps;
    }

    /// <summary>Shapes of those of the tensors that hold real numbers. Those the runtime derives from the file alone are not computed.</summary>
    public Dictionary<string, long[]> Shapes(IEnumerable<string> tensors, ImageSize size, int threads)
    {
        using var runner = new OnnxRunner(_file.WithOutputs(tensors).ToBytes(), _file.Source, threads);
        var wanted = tensors.ToHashSet();
        var real = runner.Outputs.Where(o => wanted.Contains(o.Name)
            && o.ElementType is OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.Double).ToList();
        var shapes = real.Where(IsKnown).ToDictionary(o => o.Name, o => o.Dimensions!.Select(d => d.Size!.Value).ToArray());
        string[] open = [.. real.Where(o => !IsKnown(o)).Select(o => o.Name)];
        if (open.Length == 0)
            return shapes;
        var batch = _shape.Batch ?? 1;
        long[] input = _shape.ChannelsLast ? [batch, size.Height, size.Width, 3] : [batch, 3, size.Height, size.Width];
        foreach (var (name, shape) in open.Zip(runner.RunForShapes(new float[batch * 3 * size.Pixels], input, open)))
            shapes.Add(name, shape);
        return shapes;
    }

    // Where nothing is known the runtime gives no axes at all, as for a scalar.
    private static bool IsKnown(OnnxValue value) => value.Dimensions is { Count: > 0 } && value.Dimensions.All(d => d.Size is not null);

    private string? FoundEmbedding()
    {
        var output = _shape.Output ?? (_file.Outputs is [var only] ? only.Name : null);
        return output is null ? null : OnnxEmbeddingChoice.Choose(_flow, output);
    }

    private string Existing(string name, string option)
    {
        if (_file.Model.Graph.Node.Any(n => n.Output.Contains(name)))
            return name;
        var known = _flow.Tensors.Select(t => t.Name).ToList();
        throw new InvalidDataException($"{_file.Source} computes no tensor '{name}', which OnnxTeacherOptions.{option} names; near it are {NearNames.List(name, known)}. "
            + "OnnxTeacher.Inspect lists all feature maps.");
    }
}
