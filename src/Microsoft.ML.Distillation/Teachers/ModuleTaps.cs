using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Keeps what named submodules put out in a forward.</summary>
internal sealed class ModuleTaps : IDisposable
{
    private readonly string _network;
    private readonly Dictionary<string, Tensor?> _seen = new(StringComparer.Ordinal);
    private readonly List<Action> _removals = [];
    private DisposeScope? _scope;

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

    /// <summary>A forward begins, whose outputs are to live in <paramref name="scope"/>, whatever scopes the network opens itself.</summary>
    public void Begin(DisposeScope scope)
    {
        _scope = scope;
        foreach (var name in _seen.Keys.ToList())
            _seen[name] = null;
    }

    /// <summary>The forward is over: what the network does by itself is not watched.</summary>
    public void End() => _scope = null;

    /// <summary>What a submodule put out since; the network's output depends on this very tensor.</summary>
    public Tensor this[string name] => _seen[name]
        ?? throw new InvalidDataException($"{_network}: its submodule '{name}' put out nothing when the network ran. Name one that the network runs by call(…), not by forward(…) or its weights alone.");

    public void Dispose()
    {
        foreach (var remove in _removals)
            remove();
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
            if (_scope is null)
                return output;
            // The network goes on with another handle: containers dispose what they hand on, and this one is kept.
            var kept = output.alias();
            var passed = kept.alias();
            _seen[name] = kept.MoveToOtherDisposeScope(_scope);
            return passed;
        });
        _removals.Add(hook.remove);
    }
}
