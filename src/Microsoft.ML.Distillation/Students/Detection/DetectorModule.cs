using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>
/// A student that detects objects. It writes itself as ONNX nodes with initialisers named as in <c>state_dict</c>: <c>backbone.…</c>, <c>neck.…</c>, <c>head.…</c>.
/// </summary>
internal sealed class DetectorModule : DetectorNetwork
{
    /// <summary>What heights and widths must be multiples of: maps are halved five times and doubled again.</summary>
    public const int SizeStep = 32;

    /// <summary>Of which the coarsest maps have one place.</summary>
    public static readonly ImageSize SmallestSize = new(SizeStep, SizeStep);

    private const string NeckPrefix = "neck.";
    private const string HeadPrefix = "head.";
    private readonly Backbone _backbone;
    private readonly DetectionNeck _neck;
    private readonly DetectionHead _head;

    public DetectorModule(string name, Stage[] backbone, DetectionNeck neck, DetectionHead head) : base(name)
    {
        if (!head.Anchors.Strides.SequenceEqual(neck.Levels.Select(l => l.Stride)))
        {
            throw new ArgumentException(
                $"Anchors are for strides {string.Join(", ", head.Anchors.Strides)}; a {name} has levels at {string.Join(", ", neck.Levels.Select(l => l.Stride))}. "
                + "Give a list of anchors for each of these.", nameof(head));
        }
        (_backbone, _neck, _head) = (new Backbone(backbone), neck, head);
        register_module("backbone", _backbone);
        register_module("neck", _neck);
        register_module("head", _head);
    }

    public override int ClassCount => _head.ClassCount;

    public override AnchorSet Anchors => _head.Anchors;

    public override bool IsYolo => _head is YoloHead;

    /// <summary>The maps in the order of <see cref="DetectorOutput.Backbone"/>.</summary>
    public IReadOnlyList<StageInfo> BackboneStages => _backbone.Stages;

    public override IReadOnlyList<StageInfo> NeckStages => _neck.Levels;

    /// <summary>Whether images can have that size.</summary>
    public static bool Takes(ImageSize size) => size.Width % SizeStep == 0 && size.Height % SizeStep == 0 && size.Width >= SizeStep && size.Height >= SizeStep;

    /// <exception cref="ArgumentException">The size is no multiple of 32.</exception>
    public static void CheckSize(ImageSize size)
    {
        if (!Takes(size))
        {
            throw new ArgumentException(
                $"A detector's images are {size}; expected multiples of {SizeStep} across and down. Choose {Multiple(size.Width)}×{Multiple(size.Height)}.", nameof(size));
        }
    }

    public override DetectorOutput forward(Tensor input)
    {
        CheckSize(new ImageSize((int)input.shape[3], (int)input.shape[2]));
        var backbone = _backbone.call(input);
        var neck = _neck.call(backbone);
        return new DetectorOutput(_head.call(neck), FloatMaps.Of(neck), FloatMaps.Of(backbone));
    }

    public override (Tensor Boxes, Tensor Scores) Decode(DetectorOutput output)
    {
        var levels = output.Levels.Select(_head.Decode).ToList();
        return (cat([.. levels.Select(l => l.Boxes)], 1), cat([.. levels.Select(l => l.Scores)], 1));
    }

    /// <summary>Adds the network's nodes to <paramref name="graph"/>, for images of one size.</summary>
    public OnnxDetector WriteOnnx(OnnxGraphBuilder graph, string input, ImageSize size)
    {
        CheckSize(size);
        var backbone = _backbone.WriteOnnx(graph, input, "backbone");
        var neck = _neck.WriteOnnx(graph, backbone, "neck");
        return new OnnxDetector(_head.WriteOnnx(graph, neck, size, "head"), neck, backbone);
    }

    /// <summary><see cref="Decode"/> in a graph.</summary>
    public (string Boxes, string Scores) WriteDecoding(OnnxGraphBuilder graph, OnnxDetector network, ImageSize size)
    {
        var (boxes, scores) = (new List<string>(), new List<string>());
        for (var i = 0; i < network.Levels.Count; i++)
        {
            using var scope = graph.EnterScope($"decode/{Anchors.Strides[i]}");
            var level = _head.WriteDecoding(graph, network.Levels[i], i, size);
            boxes.Add(level.Boxes);
            scores.Add(level.Scores);
        }
        return (graph.Concat([.. boxes], 1, "decode/boxes"), graph.Concat([.. scores], 1, "decode/scores"));
    }

    /// <summary>Gives all weights their first values: a function of the seed alone.</summary>
    public void Initialize(long seed)
    {
        WeightInitializer.Initialize(this, seed, convolutions: (weight, shape) =>
            weight.StartsWith(HeadPrefix, StringComparison.Ordinal) ? _head.InitialScale(shape)
            : weight.StartsWith(NeckPrefix, StringComparison.Ordinal) ? _neck.InitialScale(shape) : null);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _head.SetPriors();
    }

    /// <inheritdoc cref="DetectionHead.RowsByClass"/>
    public HeadRows? RowsByClass(string weight) =>
        weight.StartsWith(HeadPrefix, StringComparison.Ordinal) ? _head.RowsByClass(weight[HeadPrefix.Length..]) : null;

    private static int Multiple(int length) => Math.Max(1, (int)Math.Round((double)length / SizeStep)) * SizeStep;
}

/// <summary>Names of a detector's values in an ONNX graph, as in <see cref="DetectorOutput"/>.</summary>
internal sealed record OnnxDetector(IReadOnlyList<IReadOnlyList<HeadValue>> Levels, IReadOnlyList<string> Neck, IReadOnlyList<string> Backbone);
