using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>
/// A trained network as it will be in 8 bits, for training it on: its graph, executed as TorchSharp operators, with every tensor and weight rounded that the exported model rounds. Biases, which
/// take 32 bits there, stay floats. BatchNorm stays what it is and goes on normalising its batches, which keeps training stable; since a layer's weights have a scale for each channel, rounding them
/// before BatchNorm multiplies a channel is the same as rounding them after it was folded into them.
/// </summary>
internal sealed class QuantizedNetwork : nn.Module
{
    private const string ScaleBuffer = "scales", ZeroBuffer = "zeros";
    private readonly OnnxModelFile _file;
    private readonly OnnxModelFile _folded;
    private readonly QuantizationPlan _plan;
    private readonly QuantizationAwareOptions _options;
    private readonly ImageBatches _images;
    private readonly int _threads;
    private readonly OnnxModule _network;
    private readonly Dictionary<string, int> _places;
    private readonly Dictionary<string, int> _rounded;
    private readonly Dictionary<string, List<NodeProto>> _layers;
    private readonly IReadOnlyDictionary<string, FoldedNorm> _norms;

    /// <param name="file">The trained network; its weights are copied.</param>
    /// <param name="input">The tensor that is given.</param>
    /// <param name="outputs">The tensors that are wanted.</param>
    /// <param name="images">What activations' ranges are observed on.</param>
    /// <exception cref="NotSupportedException">There is nothing that can be quantised.</exception>
    public QuantizedNetwork(OnnxModelFile file, string input, Func<GraphIndex, IReadOnlyList<string>> outputs, QuantizationAwareOptions options, ImageBatches images, int threads)
        : base(nameof(QuantizedNetwork))
    {
        (_file, _options, _images, _threads) = (file, options, images, threads);
        (_folded, _plan) = QuantizedModel.Plan(file, options.Int8, out _norms);
        _network = new OnnxModule(file, input, outputs(new GraphIndex(_folded.Model.Graph)), trains: true);
        _places = _plan.Origins.Select((name, place) => (name, place)).ToDictionary(o => o.name, o => o.place, StringComparer.Ordinal);
        _rounded = _plan.Rounded.ToDictionary(name => name, Place, StringComparer.Ordinal);
        _layers = _plan.Layers.GroupBy(layer => layer.Input[1]).ToDictionary(layers => layers.Key, layers => layers.ToList(), StringComparer.Ordinal);
        if (_layers.Keys.GroupBy(Source).FirstOrDefault(layers => layers.Count() > 1) is { } shared)
            throw new NotSupportedException($"{file.Source}'s layers share the weights '{shared.Key}' before BatchNorms of their own: it can't be trained on in 8 bits. Take Quantization.Int8.");
        register_module("network", _network);
        register_buffer(ScaleBuffer, ones(_places.Count));
        register_buffer(ZeroBuffer, zeros(_places.Count));
    }

    /// <summary>Weights that are trained, by their names in the file.</summary>
    public IReadOnlyDictionary<string, TorchSharp.Modules.Parameter> Trained => _network.Trained;

    /// <summary>The scales of activations.</summary>
    internal Tensor Scales => get_buffer(ScaleBuffer);

    /// <summary>Observes ranges at the beginning of an epoch, as long as they are not to be frozen.</summary>
    public void Begin(int epoch)
    {
        if (epoch < _options.ObservedEpochs)
            Observe();
    }

    /// <param name="rounded">Puts another tensor in the place of one that was rounded; null for none.</param>
    /// <returns>The wanted tensors by name.</returns>
    public IReadOnlyDictionary<string, Tensor> Run(Tensor input, Func<string, Tensor, Tensor>? rounded = null)
    {
        var weights = _layers.Keys.ToDictionary(Source, Rounded, StringComparer.Ordinal);
        var (scales, zeros) = (Scales, get_buffer(ZeroBuffer));
        return _network.Run(input, weights.GetValueOrDefault, Made);

        Tensor Made(string name, Tensor value)
        {
            if (!_rounded.TryGetValue(name, out var place))
                return value;
            var result = FakeQuantization.Activation(value, scales[place], zeros[place]);
            return rounded?.Invoke(name, result) ?? result;
        }
    }

    /// <summary>The model in 8 bits, with the weights and the ranges of now.</summary>
    /// <param name="file">Another model with this very network in it, by the same names; null for the network's own.</param>
    public QuantizedModel Export(int epochs, OnnxModelFile? file = null) => QuantizedModel.Int8(
        Folded(file ?? _file), _plan, Parameters(), _options.Int8, FormattableString.Invariant($"{_images.Count} images, trained on for {epochs} epochs"));

    /// <summary>Each channel's scale of a layer's weights in the folded model, in a shape that spreads over them; the arithmetic of <see cref="QuantizedWeights"/>.</summary>
    internal Tensor WeightScales(string name)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var factor = Factor(name);
        return WeightScales(name, FoldedWeight(name, factor), factor).MoveToOuterDisposeScope();
    }

    private Tensor WeightScales(string name, Tensor weights, Tensor? factor)
    {
        var axis = QuantizationPlan.Axis(_layers[name][0]);
        var scales = weights.abs().amax([.. Enumerable.Range(0, (int)weights.dim()).Where(a => a != axis).Select(a => (long)a)]).to(ScalarType.Float64) / _options.Int8.WeightLimit;
        foreach (var layer in _layers[name].Where(layer => layer.Input.Count > 2))
        {
            var bias = factor is null ? _network.Value(layer.Input[2]) : _norms[name].FoldedBias(_network, factor);
            var inputScale = Scales[Place(layer.Input[0])].to(ScalarType.Float64);
            scales = scales.maximum(bias.abs().to(ScalarType.Float64) / (inputScale * QuantizedWeights.MostBias));
        }
        var shape = Enumerable.Repeat(1L, (int)weights.dim()).ToArray();
        shape[axis] = -1;
        return where(scales.gt(QuantizedWeights.LeastScale), scales, scales.ones_like()).to(ScalarType.Float32).reshape(shape);
    }

    /// <summary>That of a tensor's scale among all.</summary>
    private int Place(string tensor) => _places[_plan.Origin(tensor)];

    /// <summary>Null for a layer into which no BatchNorm is folded.</summary>
    private Tensor? Factor(string name) => _norms.TryGetValue(name, out var norm) ? norm.Factor(_network) : null;

    private Tensor FoldedWeight(string name, Tensor? factor) => factor is null ? _network.Value(name) : _norms[name].FoldedWeight(_network, factor);

    /// <summary>The constant of the network that a layer's weights come from.</summary>
    private string Source(string name) => _norms.TryGetValue(name, out var norm) ? norm.Weight : name;

    /// <summary>A layer's weights as they are before BatchNorm multiplies them, rounded as they will be after.</summary>
    private Tensor Rounded(string name)
    {
        var weight = _network.Value(Source(name));
        return weight + Error(name, weight.detach());
    }

    private Tensor Error(string name, Tensor weight)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var factor = Factor(name);
        var folded = FoldedWeight(name, factor);
        var rounded = FakeQuantization.Weights(folded, WeightScales(name, folded, factor), _options.Int8.WeightLimit);
        if (factor is null)
            return (rounded - weight).MoveToOuterDisposeScope();
        var spread = factor.reshape(-1, 1, 1, 1);
        // A channel that BatchNorm multiplies by zero is nothing, however it is rounded.
        return (where(spread.eq(0), weight, (rounded / spread).to(ScalarType.Float32)) - weight).MoveToOuterDisposeScope();
    }

    private void Observe()
    {
        var ranges = new ActivationCalibration(Folded(_file), _plan.Origins, _images, _threads).Run(_options.Int8);
        var parameters = _plan.Parameters(ranges, _folded);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Scales.copy_(tensor(_plan.Origins.Select(name => parameters[name].Scale).ToArray()));
        get_buffer(ZeroBuffer).copy_(tensor(_plan.Origins.Select(name => (float)parameters[name].ZeroPoint).ToArray()));
    }

    private Dictionary<string, (float Scale, byte ZeroPoint)> Parameters()
    {
        var (scales, zeros) = (TensorInitializers.ToArray(Scales), TensorInitializers.ToArray(get_buffer(ZeroBuffer)));
        return _plan.Tensors.ToDictionary(name => name, name => (scales[Place(name)], (byte)zeros[Place(name)]));
    }

    /// <summary>The folded float model with the weights and statistics of now.</summary>
    private OnnxModelFile Folded(OnnxModelFile file)
    {
        var model = file.Model.Clone();
        var changed = _network.Changed;
        foreach (var initializer in model.Graph.Initializer)
        {
            if (changed.TryGetValue(initializer.Name, out var value))
                initializer.RawData = OnnxTensors.Create(initializer.Name, TensorInitializers.ToArray(value), value.shape).RawData;
        }
        return BatchNormFolding.Fold(OnnxModelFile.FromProto(model, file.Source));
    }
}
