using System.Collections.Concurrent;
using Microsoft.ML;

namespace Benchmarks;

/// <summary>Prediction engines to borrow: one serves one thread at a time, and takes a while to make.</summary>
internal sealed class EnginePool<TInput, TOutput>(Func<PredictionEngine<TInput, TOutput>> create) : IDisposable
    where TInput : class
    where TOutput : class, new()
{
    private readonly ConcurrentBag<PredictionEngine<TInput, TOutput>> _idle = [];
    private int _created;

    /// <summary>Engines made so far.</summary>
    public int Created => _created;

    public TResult Use<TResult>(Func<PredictionEngine<TInput, TOutput>, TResult> use)
    {
        if (!_idle.TryTake(out var engine))
        {
            Interlocked.Increment(ref _created);
            engine = create();
        }
        try
        {
            return use(engine);
        }
        finally
        {
            _idle.Add(engine);
        }
    }

    /// <summary>Disposes the engines; none may be in use.</summary>
    public void Dispose()
    {
        while (_idle.TryTake(out var engine))
            engine.Dispose();
    }
}
