using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>
/// The convolutions and linear layers of someone else's frozen network in bfloat16, and what they are given; all other layers take what comes. Given back as it was, to the last bit.
/// </summary>
internal sealed class ModuleCast : IDisposable
{
    private readonly List<(nn.Module Layer, List<(string Name, Tensor Value)> Weights)> _layers = [];
    private readonly List<Action> _removals = [];

    public ModuleCast(nn.Module network)
    {
        foreach (var layer in network.modules().Prepend(network).Distinct().OfType<nn.Module<Tensor, Tensor>>().Where(layer => layer is Conv2d or Linear))
        {
            if (layer.parameters().Any(p => p.dtype != ScalarType.Float32))
                continue;
            _layers.Add((layer, Copies(layer)));
            layer.to(ScalarType.BFloat16);
            var hook = layer.register_forward_pre_hook((_, input) => input.dtype == ScalarType.Float32 ? input.to(ScalarType.BFloat16) : input);
            _removals.Add(hook.remove);
        }
    }

    public void Dispose()
    {
        using var noGrad = no_grad();
        foreach (var remove in _removals)
            remove();
        foreach (var (layer, weights) in _layers)
        {
            layer.to(ScalarType.Float32);
            var places = layer.named_parameters().ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
            foreach (var (name, value) in weights)
            {
                places[name].copy_(value);
                value.Dispose();
            }
        }
        _layers.Clear();
        _removals.Clear();
    }

    private static List<(string Name, Tensor Value)> Copies(nn.Module layer)
    {
        using var scope = NewDisposeScope();
        return [.. layer.named_parameters().Select(p => (p.Item1, p.Item2.detach().clone().DetachFromDisposeScope()))];
    }
}
