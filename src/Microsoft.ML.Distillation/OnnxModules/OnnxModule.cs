using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>
/// A part of an ONNX graph as a TorchSharp module: it runs where the training runs, and gives gradients. Names of its weights are the file's, with '/' for '.'. What follows from sizes alone is
/// computed on the CPU, once for all inputs of a size.
/// </summary>
internal sealed class OnnxModule : nn.Module<Tensor, IReadOnlyDictionary<string, Tensor>>
{
    private readonly OnnxProgram _program;
    private readonly HashSet<string> _trained;
    private readonly Dictionary<string, Tensor> _onCpu = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _rounded = new(StringComparer.Ordinal);
    private readonly OnnxAhead _ahead = new();

    /// <param name="file">The model; its weights are copied.</param>
    /// <param name="input">The tensor that is given.</param>
    /// <param name="outputs">The tensors that are wanted.</param>
    /// <param name="trains">Whether the weights of convolutions, products and BatchNorm are trained; as long as the module is in training, BatchNorm then goes by its batch's statistics.</param>
    /// <exception cref="NotSupportedException">There are nodes that can't be executed so; the message lists them all.</exception>
    public OnnxModule(OnnxModelFile file, string input, IReadOnlyList<string> outputs, bool trains) : base(nameof(OnnxModule))
    {
        _program = OnnxProgram.Compile(file, input, outputs, trains, () => trains && training);
        _trained = trains ? [.. _program.Nodes.SelectMany(OnnxProgram.WeightsOf).Where(_program.Constants.ContainsKey)] : [];
        var ahead = _program.ConstantsAhead.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, constant) in _program.Constants)
        {
            var value = OnnxConstants.Load(constant, file.Source);
            if (!OnnxConstants.IsFloat(constant))
                _onCpu.Add(name, value.DetachFromDisposeScope());
            else if (_trained.Contains(name))
                register_parameter(Registered(name), new Parameter(value));
            else
                register_buffer(Registered(name), value);
            if (ahead.Contains(name))
                _onCpu.TryAdd(name, OnnxConstants.Load(constant, file.Source).DetachFromDisposeScope());
        }
    }

    /// <summary>What is trained, by its name in the file. Moving a module makes new parameters: they are not to be held.</summary>
    public IReadOnlyDictionary<string, Parameter> Trained => _trained.ToDictionary(name => name, name => get_parameter(Registered(name)), StringComparer.Ordinal);

    /// <summary>What training changes, by its name in the file: what is trained, and BatchNorm's running statistics.</summary>
    public IReadOnlyDictionary<string, Tensor> Changed =>
        _trained.Concat(_program.Nodes.Where(node => node.OpType == "BatchNormalization").SelectMany(node => node.Input.Skip(3))).Distinct().ToDictionary(name => name, Value, StringComparer.Ordinal);

    /// <summary>A constant as it is now, by its name in the file.</summary>
    public Tensor Value(string name) => _rounded.TryGetValue(name, out var rounded) ? rounded :
        _trained.Contains(name) ? get_parameter(Registered(name)) : OnnxConstants.IsFloat(_program.Constants[name]) ? get_buffer(Registered(name)) : _onCpu[name];

    /// <summary>
    /// Convolutions compute in bfloat16 from now on, by weights that are cast once and lie channels last; they are not to change any more. What takes maps as they come follows; sums over places
    /// and products of matrices stay float32.
    /// </summary>
    public void KeepBFloat16()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var name in _program.Nodes.Where(node => node.OpType == "Conv").SelectMany(OnnxProgram.WeightsOf).Where(_program.Constants.ContainsKey).Distinct())
            _rounded[name] = Value(name).to(ScalarType.BFloat16).ChannelsLast().DetachFromDisposeScope();
    }

    public override IReadOnlyDictionary<string, Tensor> forward(Tensor input) => Run(input);

    /// <param name="constant">A tensor to take for a constant of that name where images are computed with it; null, or a null from it, for the constant itself.</param>
    /// <inheritdoc cref="OnnxProgram.Run"/>
    public IReadOnlyDictionary<string, Tensor> Run(Tensor input, Func<string, Tensor?>? constant = null, Func<string, Tensor, Tensor>? made = null) =>
        _program.Run(input, (name, onCpu) => onCpu && _onCpu.TryGetValue(name, out var value) ? value : constant?.Invoke(name) ?? Value(name), _ahead, made);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var own in _onCpu.Values.Concat(_rounded.Values))
                own.Dispose();
            _ahead.Dispose();
        }
        base.Dispose(disposing);
    }

    private static string Registered(string name) => name.Replace('.', '/');
}
