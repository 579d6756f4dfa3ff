using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent with momentum, as PyTorch's torch.optim.SGD.</summary>
public partial class SGD : OptimizerHelper, optim.IMomentum
{
    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters.ToList() }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
    {
        if (lr < 0)
            throw new ArgumentException($"Invalid learning rate: {lr}");
        if (nesterov && (momentum == 0 || dampening != 0))
            throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
        _defaults = new Options
        {
            LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay,
            nesterov = nesterov, maximize = maximize,
        };
        foreach (var group in parameters)
            add_param_group(group);
    }

    public double Momentum
    {
        get => ((Options)_defaults).momentum!.Value;
        set => ((Options)_defaults).momentum = value;
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var defaults = (Options)_defaults;
        param_group.Options ??= new Options();
        var options = (Options)param_group.Options;
        options.momentum ??= defaults.momentum;
        options.dampening ??= defaults.dampening;
        options.weight_decay ??= defaults.weight_decay;
        options.nesterov ??= defaults.nesterov;
        options.maximize ??= defaults.maximize;
        AddGroup(param_group, options, parameter => new State(parameter));
    }

    public override Tensor step(Func<Tensor> closure = null!) => _step<ParamGroup>(Update, closure);

    // One call for all parameters of a group where the arithmetic allows it: a model has a hundred of them, most of them small.
    private void Update(ParamGroup group)
    {
        var options = group.Options;
        var learned = WithGradients<State>(group);
        if (learned.Count == 0)
            return;
        var parameters = learned.Select(item => (Tensor)item.Parameter).ToArray();
        var updates = learned.Select(item => item.Grad).ToArray();
        if (options.weight_decay!.Value != 0)
            updates = Ops._foreach_add_List.CallMany(updates, parameters, options.weight_decay.Value);
        if (options.momentum!.Value != 0)
            updates = WithMomentum(options, learned, updates);
        double rate = options.LearningRate!.Value;
        Ops._foreach_add__List.Run(parameters, updates, options.maximize!.Value ? rate : -rate);
    }

    private static Tensor[] WithMomentum(Options options, List<(Parameter Parameter, Tensor Grad, State State)> learned, Tensor[] updates)
    {
        double momentum = options.momentum!.Value;
        var running = new List<int>();
        for (int i = 0; i < updates.Length; i++)
        {
            if (learned[i].State.momentum_buffer is null)
                learned[i].State.momentum_buffer = updates[i].clone().detach().DetachFromDisposeScope();
            else
                running.Add(i);
        }
        var buffers = learned.Select(item => item.State.momentum_buffer).ToArray();
        if (running.Count > 0)
        {
            var old = running.Select(i => buffers[i]).ToArray();
            Ops._foreach_mul__Scalar.Run(old, momentum);
            Ops._foreach_add__List.Run(old, running.Select(i => updates[i]).ToArray(), 1 - options.dampening!.Value);
        }
        return options.nesterov!.Value ? Ops._foreach_add_List.CallMany(updates, buffers, momentum) : buffers;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        foreach (var (_, state) in _state)
            ((State)state).Dispose();
        _state.Clear();
    }
}
