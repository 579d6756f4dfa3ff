using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>The weights and statistics of the best epoch so far, of the modules that are returned.</summary>
internal sealed class BestWeights(IEnumerable<TrainedModule> modules) : ITensorState, IDisposable
{
    private readonly StateParts _modules = new([.. modules.Select(m => (m.Name, (ITensorState)new ModuleTensors(m.Module)))]);
    private readonly StateCopy _best = new();

    public bool Any => _best.Tensors.Count > 0;

    public IEnumerable<(string Name, Tensor Value)> Tensors => _best.Tensors.Select(t => (t.Key, t.Value));

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors) => _best.Take(tensors.Select(t => (t.Key, t.Value)));

    /// <summary>Keeps the weights as they are now.</summary>
    public void Take() => _best.Take(_modules.Tensors);

    /// <summary>Puts the best weights into the modules.</summary>
    public void Apply() => _modules.Restore(_best.Tensors);

    public void Dispose() => _best.Dispose();
}
