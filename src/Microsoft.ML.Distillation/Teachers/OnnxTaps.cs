using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>The inner tensors that are read from an ONNX network beside its scores, and what makes N×C×H×W maps and an N×D vector of them.</summary>
internal sealed class OnnxTaps
{
    private readonly string _source;
    private readonly IReadOnlyList<string> _features;
    private readonly string? _embedding;
    private readonly OnnxLayouts _layouts;

    /// <param name="size">The size of the image the network is given: the automatic choice is made by a run at it.</param>
    public OnnxTaps(OnnxInspector inspector, string source, TeacherParts parts, ImageSize size, int threads)
    {
        (_source, _layouts) = (source, inspector.Layouts(size));
        _features = (parts & TeacherParts.Features) == 0 ? [] : inspector.FeatureNames ?? OnnxFeatureChoice.Choose(inspector.FindMaps(size, threads));
        _embedding = (parts & TeacherParts.Embedding) == 0 ? null : inspector.EmbeddingName;
    }

    /// <summary>The names of all, each once.</summary>
    public IReadOnlyList<string> Names => [.. (_embedding is null ? _features : _features.Append(_embedding)).Distinct()];

    /// <summary>The names of the feature maps.</summary>
    public IReadOnlyList<string> Features => _features;

    /// <param name="values">The tensors by name.</param>
    public ModelOutput Read(IReadOnlyDictionary<string, Tensor> values, int rows) => new(
        null,
        [.. _features.Select(name => Map(name, values[name], rows))],
        _embedding is null ? null : Vector(_embedding, values[_embedding], rows));

    private Tensor Map(string name, Tensor map, int rows)
    {
        if (map.dim() != 4 || map.shape[0] != rows || !map.is_floating_point())
        {
            throw new InvalidDataException($"{_source}: tensor '{name}' is {OnnxValue.ShapeText(map.shape)} for {rows} images; a feature map, which has four axes, is needed. "
                + "OnnxTeacher.Inspect lists all feature maps.");
        }
        return _layouts.ChannelsLast(name, map.shape) ? map.permute(0, 3, 1, 2).contiguous() : map;
    }

    private Tensor Vector(string name, Tensor vector, int rows)
    {
        if (vector.dim() is < 2 or > 4 || vector.shape[0] != rows || !vector.is_floating_point())
        {
            throw new InvalidDataException($"{_source}: tensor '{name}' is {OnnxValue.ShapeText(vector.shape)} for {rows} images; an embedding, a vector for each image, is needed. "
                + "Set OnnxTeacherOptions.EmbeddingName.");
        }
        return vector.dim() switch
        {
            3 => vector.mean([1L]),
            4 => vector.mean(_layouts.ChannelsLast(name, vector.shape) ? [1L, 2L] : [2L, 3L]),
            _ => vector,
        };
    }
}
