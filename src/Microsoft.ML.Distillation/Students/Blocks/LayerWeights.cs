using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Distillation.Common;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// A layer's float32 weights in the type of what they are to meet: a network computes in the type of its input, and gradients go through to the float32 weights. Those of a frozen network are
/// kept in the form in which they compute; the parameters stay as they were read.
/// </summary>
internal sealed class LayerWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> _kept = [];
    private bool _replaced;

    /// <param name="name">The weight's own among its layer's.</param>
    /// <param name="weight">The parameter; null where there is none.</param>
    [return: NotNullIfNotNull(nameof(weight))]
    public Tensor? For(Tensor input, string name, Parameter? weight)
    {
        var values = _kept.GetValueOrDefault(name) is { } kept && (_replaced || kept.dtype == input.dtype) ? kept : weight;
        return values is null || values.dtype == input.dtype ? values : values.to(input.dtype);
    }

    /// <summary>Computes with other values than the parameter's from now on, which leave their dispose scope.</summary>
    public void Replace(string name, Tensor values)
    {
        _replaced = true;
        Keep(name, values);
    }

    /// <summary>Casts weights that will not change any more; those of convolutions lie as the fast ones take them, channels last.</summary>
    public void KeepBFloat16(string name, Parameter? weight)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if ((_kept.GetValueOrDefault(name) ?? weight) is { } values)
            Keep(name, values.to(ScalarType.BFloat16).ChannelsLast());
    }

    public void Dispose()
    {
        foreach (var kept in _kept.Values)
            kept.Dispose();
        _kept.Clear();
    }

    private void Keep(string name, Tensor values)
    {
        if (_kept.Remove(name, out var earlier))
            earlier.Dispose();
        _kept[name] = values.DetachFromDisposeScope();
    }
}
