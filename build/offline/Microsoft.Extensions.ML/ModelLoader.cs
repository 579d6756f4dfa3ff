using Microsoft.Extensions.Primitives;
using Microsoft.ML;

namespace Microsoft.Extensions.ML;

public abstract class ModelLoader
{
    public abstract IChangeToken GetReloadToken();

    public abstract ITransformer GetModel();
}

public class ModelReloadToken : IChangeToken
{
    private readonly CancellationTokenSource _reloaded = new();

    public bool ActiveChangeCallbacks => true;

    public bool HasChanged => _reloaded.IsCancellationRequested;

    public IDisposable RegisterChangeCallback(Action<object> callback, object state) => _reloaded.Token.Register(callback, state);

    public void OnReload() => _reloaded.Cancel();
}
