using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Primitives;
using Microsoft.ML;

namespace Microsoft.Extensions.ML;

/// <summary>
/// The engines of one model, which are others as soon as its loader has another model. As in the real 5.0.0, engines of the model before are not disposed of,
/// and one that was out while the model changed comes back into the new one's pool: whoever minds brings a way round.
/// </summary>
internal sealed class PoolLoader<TData, TPrediction> where TData : class where TPrediction : class, new()
{
    private readonly MLContext _context;
    private ObjectPool<PredictionEngine<TData, TPrediction>> _engines;

    internal PoolLoader(MLContext context, ModelLoader loader)
    {
        (_context, Loader) = (context, loader);
        Fill();
        ChangeToken.OnChange(loader.GetReloadToken, Fill);
    }

    internal ModelLoader Loader { get; }

    internal ObjectPool<PredictionEngine<TData, TPrediction>> Engines => Volatile.Read(ref _engines);

    private void Fill() =>
        Volatile.Write(ref _engines, new DefaultObjectPool<PredictionEngine<TData, TPrediction>>(new Policy(_context, Loader.GetModel())));

    private sealed class Policy(MLContext context, ITransformer model) : IPooledObjectPolicy<PredictionEngine<TData, TPrediction>>
    {
        public PredictionEngine<TData, TPrediction> Create() => context.Model.CreatePredictionEngine<TData, TPrediction>(model);

        public bool Return(PredictionEngine<TData, TPrediction> engine) => engine is not null;
    }
}
