using Microsoft.ML.Distillation.Common;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// A layer's float32 weights in the type of what they are to meet: a network computes in the type of its input, and gradients go through to the float32 weights. Those of a frozen network are
/// cast once and kept.
/// </summary>
internal sealed class LayerWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> _kept = [];

    /// <param name="name">The weight's own among its layer's.</param>
    public Tensor For(Tensor input, string name, Parameter weight) =>
        input.dtype != ScalarType.BFloat16 || weight.dtype == ScalarType.BFloat16 ? weight : _kept.GetValueOrDefault(name) ?? weight.to(ScalarType.BFloat16);

    /// <summary>Casts weights that will not change any more; those of convolutions lie as the fast ones take them, channels last.</summary>
    public void Keep(string name, Parameter weight)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _kept[name] = weight.to(ScalarType.BFloat16).ChannelsLast().DetachFromDisposeScope();
    }

    public void Dispose()
    {
        foreach (var kept in _kept.Values)
            kept.Dispose();
        _kept.Clear();
    }
}
