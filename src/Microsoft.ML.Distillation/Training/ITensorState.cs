using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A part of a run's state: tensors that can be copied or filed, and put back.</summary>
internal interface ITensorState
{
    /// <summary>The live tensors by name, in an order that is always the same. What doesn't exist yet is not there; what is made for the occasion is the caller's scope's.</summary>
    IEnumerable<(string Name, Tensor Value)> Tensors { get; }

    /// <summary>Takes the values back. What is not among <paramref name="tensors"/> did not exist, and doesn't any more.</summary>
    void Restore(IReadOnlyDictionary<string, Tensor> tensors);
}
