using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>A trained classifier as it will be in 8 bits, for training it on.</summary>
internal sealed class QuantizedClassifier : ClassifierModule
{
    private readonly OnnxNetwork _names;
    private readonly QuantizedNetwork _network;
    private IReadOnlyList<string> _before = [];

    /// <param name="student">The trained student; its weights are copied.</param>
    /// <param name="images">What activations' ranges are observed on.</param>
    /// <exception cref="NotSupportedException">The student has nothing that can be quantised.</exception>
    public QuantizedClassifier(ClassifierModule student, StudentDescription description, QuantizationAwareOptions options, ImageBatches images, int threads)
        : base($"{nameof(QuantizedClassifier)} ({options})", student.ClassCount)
    {
        (Stages, EmbeddingSize) = (student.Stages, student.EmbeddingSize);
        var traced = StudentExporter.Traced(student, description);
        _names = traced.Network;
        _network = new QuantizedNetwork(OnnxModelFile.FromProto(traced.Model, description.Architecture), traced.Pixels, Outputs, options, images, threads);
        register_module("network", _network);
    }

    public override IReadOnlyList<StageInfo> Stages { get; }

    public override int EmbeddingSize { get; }

    public override IEnumerable<Parameter> LastStageParameters =>
        _network.Trained.Where(w => w.Key.StartsWith($"{Stages[^1].Name}.", StringComparison.Ordinal)).Select(w => w.Value);

    public override void Begin(int epoch) => _network.Begin(epoch);

    public override ModelOutput forward(Tensor input)
    {
        var values = _network.Run(input);
        return new ModelOutput(values[_names.Logits], [.. _names.Features.Select(name => values[name])], values[_names.Embedding])
        {
            PreActivations = KeepsPreActivations ? [.. _before.Select(name => values[name])] : [],
        };
    }

    /// <exception cref="NotSupportedException">Always: such a student is written by <see cref="Export"/>.</exception>
    public override OnnxNetwork WriteOnnx(OnnxGraphBuilder graph, string input) => throw new NotSupportedException("A student in 8 bits is written as a whole.");

    /// <inheritdoc cref="QuantizedNetwork.Export"/>
    public QuantizedModel Export(int epochs) => _network.Export(epochs);

    /// <inheritdoc cref="QuantizedNetwork.Scales"/>
    internal Tensor Scales => _network.Scales;

    /// <inheritdoc cref="QuantizedNetwork.WeightScales(string)"/>
    internal Tensor WeightScales(string name) => _network.WeightScales(name);

    private string[] Outputs(GraphIndex index)
    {
        _before = [.. _names.Features.Select(feature => BeforeActivation(index, feature))];
        return [.. _names.Features, .. _before, _names.Embedding, _names.Logits];
    }

    /// <summary>What a feature map's activation is applied to; the map itself where it has none.</summary>
    private static string BeforeActivation(GraphIndex index, string feature) => index.Maker(feature) switch
    {
        { OpType: "Relu" or "Clip" or "HardSwish" } activation => activation.Input[0],
        { OpType: "Mul", Input: [var x, var gate] } when index.Maker(gate) is { OpType: "Sigmoid", Input: [var gated] } && gated == x => x,
        _ => feature,
    };
}
