using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Running means of loss terms, summed on the device: nothing waits for the device until a mean is read.</summary>
internal sealed class TermMeans : IDisposable
{
    private readonly Dictionary<string, Tensor> _sums = [];
    private int _steps;
    private Dictionary<string, double>? _means;

    public void Add(IEnumerable<(string Name, Tensor Value)> terms)
    {
        _steps++;
        _means = null;
        foreach (var (name, value) in terms)
        {
            if (_sums.TryGetValue(name, out var sum))
                sum.add_(value.detach());
            else
                _sums.Add(name, value.detach().clone().DetachFromDisposeScope());
        }
    }

    /// <summary>The means as they are, where somebody read them since the last step: asking costs no waiting for the device.</summary>
    public IReadOnlyDictionary<string, double>? Known => _means;

    public IReadOnlyDictionary<string, double> Read()
    {
        if (_means is not null)
            return _means;
        using var scope = NewDisposeScope();
        return _means = _sums.ToDictionary(s => s.Key, s => s.Value.cpu().to(ScalarType.Float64).item<double>() / _steps);
    }

    public void Dispose()
    {
        foreach (var sum in _sums.Values)
            sum.Dispose();
    }
}
