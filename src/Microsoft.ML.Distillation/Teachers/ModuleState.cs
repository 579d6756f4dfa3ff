using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Someone else's module, put to use as a frozen network on a device, and given back as it was.</summary>
internal sealed class ModuleState : IDisposable
{
    private readonly nn.Module _module;
    private readonly List<(nn.Module Module, bool Training)> _modes;
    private readonly List<string> _trainable;
    private readonly Device? _home;

    public ModuleState(nn.Module module, Device device)
    {
        _module = module;
        // Children come after their parents: train() reaches all that is below.
        _modes = [(module, module.training), .. module.modules().Select(m => (m, m.training))];
        _trainable = [.. module.named_parameters().Where(p => p.Item2.requires_grad).Select(p => p.Item1)];
        var here = module.parameters().FirstOrDefault()?.device;
        _home = here is null || (here.type == device.type && here.index == device.index) ? null : here;
        module.eval();
        SetTrainable(false);
        if (_home is not null)
            module.to(device);
    }

    public void Dispose()
    {
        if (_home is not null)
            _module.to(_home);
        SetTrainable(true);
        foreach (var (module, training) in _modes)
            module.train(training);
    }

    // By name at every use: moving a module may put new parameters in the places of the old.
    private void SetTrainable(bool on)
    {
        var parameters = _module.named_parameters().ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
        foreach (var name in _trainable)
            parameters[name].requires_grad_(on);
    }
}
