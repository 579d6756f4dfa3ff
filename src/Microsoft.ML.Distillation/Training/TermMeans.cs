using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Running means of loss terms, summed on the device: nothing waits for the device until a mean is read.</summary>
/// <param name="device">Where the terms are; null for the CPU.</param>
internal sealed class TermMeans(Device? device = null) : ITensorState, IDisposable
{
    private const string StepsName = "steps", SumName = "sum of ";
    private readonly Dictionary<string, Tensor> _sums = [];
    private long _steps;
    private IReadOnlyDictionary<string, double>? _means;

    public IEnumerable<(string Name, Tensor Value)> Tensors => _sums.Select(s => (SumName + s.Key, s.Value)).Append((StepsName, tensor(_steps)));

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        Clear();
        _steps = tensors[StepsName].item<long>();
        foreach (var (name, sum) in tensors.Where(t => t.Key.StartsWith(SumName, StringComparison.Ordinal)))
            _sums.Add(name[SumName.Length..], sum.to(device ?? CPU, copy: true).DetachFromDisposeScope());
    }

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

    public IReadOnlyDictionary<string, double> Read()
    {
        if (_means is not null)
            return _means;
        if (_sums.Count == 0)
            return _means = new Dictionary<string, double>();
        using var scope = NewDisposeScope();
        var sums = MemoryMarshal.Cast<byte, double>(stack([.. _sums.Values.Select(sum => sum.to(ScalarType.Float64).reshape([]))]).cpu().bytes).ToArray();
        return _means = _sums.Keys.Zip(sums).ToDictionary(s => s.First, s => s.Second / _steps);
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        foreach (var sum in _sums.Values)
            sum.Dispose();
        _sums.Clear();
        (_steps, _means) = (0, null);
    }

    public void Dispose() => Clear();
}
