using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A running mean of the weights of modules (<see cref="WeightAverageOptions"/>).</summary>
internal sealed class WeightAverage : ITensorState, IDisposable
{
    private const string UpdatesName = "updates";
    private readonly WeightAverageOptions _options;
    private readonly List<(string Name, Tensor Live, Tensor Mean)> _weights = [];
    private long _updates;

    public WeightAverage(WeightAverageOptions options, IEnumerable<TrainedModule> modules)
    {
        _options = options;
        foreach (var trained in modules)
        {
            foreach (var (name, parameter) in trained.Module.named_parameters())
                _weights.Add(($"{trained.Name}.{name}", parameter, parameter.detach().clone().DetachFromDisposeScope()));
        }
    }

    public IEnumerable<(string Name, Tensor Value)> Tensors => _weights.Select(w => (w.Name, w.Mean)).Append((UpdatesName, tensor(_updates)));

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        _updates = tensors[UpdatesName].item<long>();
        foreach (var (name, _, mean) in _weights)
            mean.copy_(tensors[name]);
    }

    /// <summary>Takes in the weights of a step.</summary>
    public void Update()
    {
        using var noGrad = no_grad();
        var decay = _options.DecayAfter(++_updates);
        foreach (var (_, live, mean) in _weights)
            mean.mul_(decay).add_(live, 1 - decay);
    }

    /// <summary>Puts the means into the modules, until what is returned is disposed.</summary>
    public IDisposable Lend()
    {
        var own = new StateCopy();
        own.Take(_weights.Select(w => (w.Name, w.Live)));
        Apply();
        return new Loan(_weights, own);
    }

    /// <summary>Puts the means into the modules for good.</summary>
    public void Apply()
    {
        using var noGrad = no_grad();
        foreach (var (_, live, mean) in _weights)
            live.copy_(mean);
    }

    public void Dispose()
    {
        foreach (var (_, _, mean) in _weights)
            mean.Dispose();
    }

    private sealed class Loan(List<(string Name, Tensor Live, Tensor Mean)> weights, StateCopy own) : IDisposable
    {
        public void Dispose()
        {
            using var noGrad = no_grad();
            foreach (var (name, live, _) in weights)
                live.copy_(own.Tensors[name]);
            own.Dispose();
        }
    }
}
