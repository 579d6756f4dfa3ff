using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Keeps what named submodules put out in a forward.</summary>
internal sealed class ModuleTaps : IDisposable
{
    private readonly string _network;
    private readonly Dictionary<string, Tensor?> _seen = new(StringComparer.Ordinal);
    private readonly List<Action> _removals = [];

    /// <exception cref="InvalidDataException">A name is none of the network's.</exception>
    public ModuleTaps(string network, nn.Module module, IEnumerable<string> names)
    {
        _network = network;
        var modules = module.named_modules().ToDictionary(m => m.Item1, m => m.Item2, StringComparer.Ordinal);
        try
        {
            foreach (var name in names.Distinct(StringComparer.Ordinal))
                Tap(name, modules);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What a submodule put out in the last forward; it belongs to the current dispose scope from now on.</summary>
    public Tensor Take(string name)
    {
        if (_seen[name] is not { } output)
            throw new InvalidDataException($"{_network}: its submodule '{name}' put out nothing when the network ran. Name one that the network runs by call(…), not by forward(…) or its weights alone.");
        _seen[name] = null;
        // An operation's result lands in the scope that is open now; the tap's own handle goes.
        using (output)
            return output.alias();
    }

    public void Dispose()
    {
        foreach (var remove in _removals)
            remove();
        foreach (var output in _seen.Values)
            output?.Dispose();
    }

    private void Tap(string name, Dictionary<string, nn.Module> modules)
    {
        if (!modules.TryGetValue(name, out var found))
            throw new InvalidDataException($"{_network} has no submodule named '{name}'; it has {string.Join(", ", modules.Keys.Select(k => $"'{k}'"))}.");
        if (found is not nn.Module<Tensor, Tensor> module)
            throw new InvalidDataException($"{_network}: its submodule '{name}' does not map one tensor to one tensor, so it can't be a feature map; name another.");
        _seen.Add(name, null);
        var hook = module.register_forward_hook((_, _, output) =>
        {
            _seen[name]?.Dispose();
            // A handle of its own outlives scopes inside the network, and containers that dispose what they hand on.
            _seen[name] = output.alias().DetachFromDisposeScope();
            return output;
        });
        _removals.Add(hook.remove);
    }
}
