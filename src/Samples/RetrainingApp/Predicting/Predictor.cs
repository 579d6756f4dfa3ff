using Microsoft.Extensions.ML;
using Microsoft.ML;

namespace Samples.RetrainingApp.Predicting;

/// <summary>
/// Predicts through the pool, and swaps models under it. A prediction that is under way ends with the model it began with, which is freed after the last of them; the next one has the new model.
/// </summary>
/// <remarks>
/// The pool doesn't say which model an engine is of, keeps a list of its engines that it changes without a lock (Microsoft.Extensions.ML 5.0.0), and never frees a model: so engines are taken, given back
/// and swapped one at a time. Predictions themselves run side by side.
/// </remarks>
internal sealed class Predictor<TOutput>(ModelInService service, IAnswerReader<TOutput> reader, IServiceProvider services) : IPredictor, IDisposable
    where TOutput : class, new()
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LoadedModel, int> _underWay = [];
    private PredictionEnginePool<ImageInput, TOutput>? _pool;

    public long? Version
    {
        get
        {
            lock (_gate)
                return service.Current?.Version.Id;
        }
    }

    public IAnswer? Predict(byte[] image)
    {
        if (Take() is not var (model, engine))
            return null;
        try
        {
            return reader.Read(model.Version, engine.Predict(new ImageInput { Image = image }));
        }
        finally
        {
            GiveBack(model, engine);
        }
    }

    public void Serve(LoadedModel model)
    {
        LoadedModel? idle;
        lock (_gate)
        {
            var before = service.Current;
            service.Replace(model);
            // Only now: the pool makes its first engines of the model it finds.
            _pool ??= services.GetRequiredService<PredictionEnginePool<ImageInput, TOutput>>();
            idle = before is null || _underWay.ContainsKey(before) ? null : before;
        }
        idle?.Dispose();
    }

    public void Dispose() => service.Current?.Dispose();

    private (LoadedModel Model, PredictionEngine<ImageInput, TOutput> Engine)? Take()
    {
        lock (_gate)
        {
            if (service.Current is not { } model)
                return null;
            var engine = _pool!.GetPredictionEngine();
            _underWay[model] = _underWay.GetValueOrDefault(model) + 1;
            return (model, engine);
        }
    }

    private void GiveBack(LoadedModel model, PredictionEngine<ImageInput, TOutput> engine)
    {
        bool serves, last;
        lock (_gate)
        {
            serves = model == service.Current;
            if (serves)
                _pool!.ReturnPredictionEngine(engine);
            last = --_underWay[model] == 0;
            if (last)
                _underWay.Remove(model);
        }
        if (serves)
            return;
        // An engine of a model that is gone must not get into the next one's pool.
        engine.Dispose();
        if (last)
            model.Dispose();
    }
}
