using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Several parts of a run's state as one, each part's tensors named after it.</summary>
internal sealed class StateParts(IReadOnlyList<(string Name, ITensorState State)> parts) : ITensorState
{
    public IEnumerable<(string Name, Tensor Value)> Tensors => parts.SelectMany(part => part.State.Tensors.Select(t => ($"{part.Name}/{t.Name}", t.Value)));

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, state) in parts)
        {
            var start = $"{name}/";
            state.Restore(tensors.Where(t => t.Key.StartsWith(start, StringComparison.Ordinal)).ToDictionary(t => t.Key[start.Length..], t => t.Value, StringComparer.Ordinal));
        }
    }
}
