using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A copy of tensors that is made again and again; memory of the last time is used again.</summary>
internal sealed class StateCopy : IDisposable
{
    private readonly Dictionary<string, Tensor> _copies = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Tensor> Tensors => _copies;

    public void Take(IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var gone = _copies.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, value) in tensors)
        {
            gone.Remove(name);
            if (_copies.TryGetValue(name, out var copy))
                copy.copy_(value);
            else
                _copies.Add(name, value.detach().clone().DetachFromDisposeScope());
        }
        foreach (var name in gone)
            Remove(name);
    }

    public void Dispose()
    {
        foreach (var name in _copies.Keys.ToList())
            Remove(name);
    }

    private void Remove(string name)
    {
        _copies[name].Dispose();
        _copies.Remove(name);
    }
}
