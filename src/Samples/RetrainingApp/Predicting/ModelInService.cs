using Microsoft.Extensions.ML;
using Microsoft.Extensions.Primitives;
using Microsoft.ML;

namespace Samples.RetrainingApp.Predicting;

/// <summary>
/// Hands the pool of prediction engines the model that is in service. The pool's own loader watches a file, and neither sees one that is renamed into place nor knows when one is whole; here the app
/// says when.
/// </summary>
internal sealed class ModelInService : ModelLoader
{
    private ModelReloadToken _token = new();

    /// <summary>Null where there is none yet.</summary>
    public LoadedModel? Current { get; private set; }

    /// <summary>Puts another model into service. The pool has it when this returns.</summary>
    public void Replace(LoadedModel model)
    {
        Current = model;
        // The pool asks for the next token while it is told by the last one.
        Interlocked.Exchange(ref _token, new ModelReloadToken()).OnReload();
    }

    public override ITransformer GetModel() => new SharedTransformer((Current ?? throw new InvalidOperationException("There is no model yet.")).Transformer);

    public override IChangeToken GetReloadToken() => _token;
}
