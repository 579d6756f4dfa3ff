using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A module's parameters and buffers.</summary>
internal sealed class ModuleTensors(nn.Module module) : ITensorState
{
    public IEnumerable<(string Name, Tensor Value)> Tensors => module.named_parameters().Select(p => (p.Item1, (Tensor)p.Item2)).Concat(module.named_buffers());

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGrad = no_grad();
        foreach (var (name, value) in Tensors)
            value.copy_(tensors[name]);
    }
}
