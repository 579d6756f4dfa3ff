using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>
/// A trained student as it will be in 8 bits, for training it on: its folded graph, executed as TorchSharp operators, with every tensor and weight rounded that the exported model rounds. Biases, which
/// take 32 bits there, stay floats.
/// </summary>
internal sealed class QuantizedClassifier : ClassifierModule
{
    private const string ScaleBuffer = "scales", ZeroBuffer = "zeros";
    private readonly OnnxModelFile _folded;
    private readonly QuantizationPlan _plan;
    private readonly string _pixels;
    private readonly OnnxNetwork _names;
    private readonly IReadOnlyList<string> _before;
    private readonly QuantizationAwareOptions _options;
    private readonly ImageBatches _images;
    private readonly int _threads;
    private readonly OnnxModule _network;
    private readonly Dictionary<string, int> _places;
    private readonly Dictionary<string, List<NodeProto>> _layers;

    /// <param name="student">The trained student; its weights are copied.</param>
    /// <param name="images">What activations' ranges are observed on.</param>
    /// <exception cref="NotSupportedException">The student has nothing that can be quantised.</exception>
    public QuantizedClassifier(ClassifierModule student, StudentDescription description, QuantizationAwareOptions options, ImageBatches images, int threads)
        : base($"{nameof(QuantizedClassifier)} ({options})", student.ClassCount)
    {
        (_options, _images, _threads, Stages, EmbeddingSize) = (options, images, threads, student.Stages, student.EmbeddingSize);
        var traced = StudentExporter.Traced(student, description);
        (_pixels, _names) = (traced.Pixels, traced.Network);
        (_folded, _plan) = QuantizedModel.Plan(OnnxModelFile.FromProto(traced.Model, description.Architecture), options.Int8);
        var index = new GraphIndex(_folded.Model.Graph);
        _before = [.. _names.Features.Select(feature => BeforeActivation(index, feature))];
        _network = new OnnxModule(_folded, _pixels, [.. _names.Features, .. _before, _names.Embedding, _names.Logits], trains: true);
        _places = _plan.Origins.Select((name, place) => (name, place)).ToDictionary(o => o.name, o => o.place, StringComparer.Ordinal);
        _layers = _plan.Layers.GroupBy(layer => layer.Input[1]).ToDictionary(layers => layers.Key, layers => layers.ToList(), StringComparer.Ordinal);
        register_module("network", _network);
        register_buffer(ScaleBuffer, ones(_places.Count));
        register_buffer(ZeroBuffer, zeros(_places.Count));
    }

    public override IReadOnlyList<StageInfo> Stages { get; }

    public override int EmbeddingSize { get; }

    public override IEnumerable<Parameter> LastStageParameters =>
        _network.Trained.Where(w => w.Key.StartsWith($"{Stages[^1].Name}.", StringComparison.Ordinal)).Select(w => w.Value);

    /// <summary>Observes ranges, as long as they are not to be frozen.</summary>
    public override void Begin(int epoch)
    {
        if (epoch < _options.ObservedEpochs)
            Observe();
    }

    public override ModelOutput forward(Tensor input)
    {
        var weights = _layers.Keys.ToDictionary(name => name, Rounded, StringComparer.Ordinal);
        var (scales, zeros) = (get_buffer(ScaleBuffer), get_buffer(ZeroBuffer));
        var values = _network.Run(
            input, weights.GetValueOrDefault, (name, value) => _places.TryGetValue(name, out var place) ? FakeQuantization.Activation(value, scales[place], zeros[place]) : value);
        return new ModelOutput(values[_names.Logits], [.. _names.Features.Select(name => values[name])], values[_names.Embedding])
        {
            PreActivations = KeepsPreActivations ? [.. _before.Select(name => values[name])] : [],
        };
    }

    /// <exception cref="NotSupportedException">Always: such a student is written by <see cref="Export"/>.</exception>
    public override OnnxNetwork WriteOnnx(OnnxGraphBuilder graph, string input) => throw new NotSupportedException("A student in 8 bits is written as a whole.");

    /// <summary>The model in 8 bits, with the weights and the ranges of now.</summary>
    public QuantizedModel Export(int epochs) => QuantizedModel.Int8(
        Current(), _plan, Parameters(), _options.Int8, FormattableString.Invariant($"{_images.Count} images, trained on for {epochs} epochs"));

    /// <summary>Each channel's scale of a layer's weights, in a shape that spreads over them; the arithmetic of <see cref="QuantizedWeights"/>.</summary>
    internal Tensor WeightScales(string name)
    {
        using var noGrad = no_grad();
        var weights = _network.Weight(name);
        var axis = QuantizationPlan.Axis(_layers[name][0]);
        var scales = weights.abs().amax([.. Enumerable.Range(0, (int)weights.dim()).Where(a => a != axis).Select(a => (long)a)]).to(ScalarType.Float64) / _options.Int8.WeightLimit;
        foreach (var layer in _layers[name].Where(layer => layer.Input.Count > 2))
        {
            var inputScale = get_buffer(ScaleBuffer)[_places[_plan.Origin(layer.Input[0])]].to(ScalarType.Float64);
            scales = scales.maximum(_network.Weight(layer.Input[2]).abs().to(ScalarType.Float64) / (inputScale * QuantizedWeights.MostBias));
        }
        var shape = Enumerable.Repeat(1L, (int)weights.dim()).ToArray();
        shape[axis] = -1;
        return where(scales.gt(QuantizedWeights.LeastScale), scales, scales.ones_like()).to(ScalarType.Float32).reshape(shape);
    }

    private Tensor Rounded(string name) => FakeQuantization.Weights(_network.Weight(name), WeightScales(name), _options.Int8.WeightLimit);

    private void Observe()
    {
        var ranges = new ActivationCalibration(Current(), _plan.Origins, _images, _threads).Run(_options.Int8);
        var parameters = _plan.Parameters(ranges, _folded);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        get_buffer(ScaleBuffer).copy_(tensor(_plan.Origins.Select(name => parameters[name].Scale).ToArray()));
        get_buffer(ZeroBuffer).copy_(tensor(_plan.Origins.Select(name => (float)parameters[name].ZeroPoint).ToArray()));
    }

    private Dictionary<string, (float Scale, byte ZeroPoint)> Parameters()
    {
        var (scales, zeros) = (TensorInitializers.ToArray(get_buffer(ScaleBuffer)), TensorInitializers.ToArray(get_buffer(ZeroBuffer)));
        return _plan.Tensors.ToDictionary(name => name, name => (scales[_places[_plan.Origin(name)]], (byte)zeros[_places[_plan.Origin(name)]]));
    }

    /// <summary>The folded float model with the weights of now.</summary>
    private OnnxModelFile Current()
    {
        var model = _folded.Model.Clone();
        var trained = _network.Trained;
        foreach (var initializer in model.Graph.Initializer)
        {
            if (trained.TryGetValue(initializer.Name, out var weight))
                initializer.RawData = OnnxTensors.Create(initializer.Name, TensorInitializers.ToArray(weight), weight.shape).RawData;
        }
        return OnnxModelFile.FromProto(model, _folded.Source);
    }

    /// <summary>What a feature map's activation is applied to; the map itself where it has none.</summary>
    private static string BeforeActivation(GraphIndex index, string feature) => index.Maker(feature) switch
    {
        { OpType: "Relu" or "Clip" or "HardSwish" } activation => activation.Input[0],
        { OpType: "Mul", Input: [var x, var gate] } when index.Maker(gate) is { OpType: "Sigmoid", Input: [var gated] } && gated == x => x,
        _ => feature,
    };
}
