using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Microsoft.ML;

namespace Microsoft.Extensions.ML;

public class PredictionEnginePoolOptions<TData, TPrediction> where TData : class where TPrediction : class, new()
{
    public ModelLoader ModelLoader { get; set; }
}

public class PredictionEnginePool<TData, TPrediction> where TData : class where TPrediction : class, new()
{
    private readonly MLContext _context;
    private readonly IOptionsFactory<PredictionEnginePoolOptions<TData, TPrediction>> _options;
    private readonly PoolLoader<TData, TPrediction> _unnamed;
    private readonly ConcurrentDictionary<string, Lazy<PoolLoader<TData, TPrediction>>> _named = new();

    public PredictionEnginePool(IServiceProvider serviceProvider, IOptions<MLOptions> mlContextOptions,
        IOptionsFactory<PredictionEnginePoolOptions<TData, TPrediction>> predictionEngineOptions)
    {
        (_context, _options) = (mlContextOptions.Value.MLContext, predictionEngineOptions);
        if (predictionEngineOptions.Create(string.Empty).ModelLoader is { } loader)
            _unnamed = new PoolLoader<TData, TPrediction>(_context, loader);
    }

    public ITransformer GetModel() => Existing(string.Empty).Loader.GetModel();

    public ITransformer GetModel(string modelName) => Existing(modelName).Loader.GetModel();

    public PredictionEngine<TData, TPrediction> GetPredictionEngine() => GetPredictionEngine(string.Empty);

    public PredictionEngine<TData, TPrediction> GetPredictionEngine(string modelName) =>
        (string.IsNullOrEmpty(modelName) ? Existing(modelName) : _named.GetOrAdd(modelName, name => new(() => Build(name))).Value).Engines.Get();

    public void ReturnPredictionEngine(PredictionEngine<TData, TPrediction> engine) => ReturnPredictionEngine(string.Empty, engine);

    public void ReturnPredictionEngine(string modelName, PredictionEngine<TData, TPrediction> engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Existing(modelName).Engines.Return(engine);
    }

    private PoolLoader<TData, TPrediction> Build(string name) =>
        new(_context, _options.Create(name).ModelLoader ?? throw new ArgumentException($"No model was added under the name '{name}'.", nameof(name)));

    /// <summary>A named model's engines exist from when the first of them was asked for.</summary>
    private PoolLoader<TData, TPrediction> Existing(string name)
    {
        if (!string.IsNullOrEmpty(name))
            return _named[name].Value;
        return _unnamed ?? throw new ArgumentException("No model was added without a name.");
    }
}

public static class PredictionEnginePoolExtensions
{
    public static TPrediction Predict<TData, TPrediction>(this PredictionEnginePool<TData, TPrediction> predictionEnginePool, TData example)
        where TData : class where TPrediction : class, new() =>
        predictionEnginePool.Predict(string.Empty, example);

    public static TPrediction Predict<TData, TPrediction>(this PredictionEnginePool<TData, TPrediction> predictionEnginePool, string modelName, TData example)
        where TData : class where TPrediction : class, new()
    {
        var engine = predictionEnginePool.GetPredictionEngine(modelName);
        try
        {
            return engine.Predict(example);
        }
        finally
        {
            predictionEnginePool.ReturnPredictionEngine(modelName, engine);
        }
    }
}
