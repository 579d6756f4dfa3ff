using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What layers with a weight and a bias have in common.</summary>
internal static class Learnable
{
    /// <summary>PyTorch's default start: both uniform within 1 / sqrt(inputs of one output), the weight drawn first.</summary>
    internal static void Register(nn.Module module, long[] shape, bool bias)
    {
        module.register_parameter("weight", new Parameter(empty(shape)));
        var weight = module.get_parameter("weight");
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (!bias)
            return;
        module.register_parameter("bias", new Parameter(empty(shape[0])));
        double bound = 1 / Math.Sqrt(nn.init.CalculateFanInAndFanOut(weight).Item1);
        nn.init.uniform_(module.get_parameter("bias"), -bound, bound);
    }

    /// <summary>A second object over a parameter's tensor, whose end does not end the module's own: as TorchSharp's native layers give it.</summary>
    internal static Parameter? Read(OrderedDict<string, Parameter> parameters, string name) =>
        parameters.TryGetValue(name, out var parameter) ? new Parameter(parameter.SharedHandle()) : null;

    internal static void Place(nn.Module module, Device? device, ScalarType? dtype)
    {
        if (device is not null && dtype is { } type)
            module._to(device, type, false);
        else if (device is not null)
            module._to(device.type, device.index, false);
        else if (dtype is { } only)
            module._to(only, false);
    }
}
