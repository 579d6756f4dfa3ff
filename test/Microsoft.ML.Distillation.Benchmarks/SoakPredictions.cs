using System.Diagnostics;
using Microsoft.ML;

namespace Benchmarks;

/// <summary>Predicts from several threads through pooled engines; every score must be, bit for bit, what one engine on one thread says.</summary>
internal sealed class SoakPredictions(MLContext ml, ITransformer model, int predictions, int threads, TimeSpan? time, CancellationToken cancellation)
{
    private const int Distinct = 64, Rounds = 20, PerTimedRound = 5_000;
    private readonly IReadOnlyList<SoakRow> _rows = SoakRow.Draw(Distinct);
    private readonly Flatness _flatness = new("Predictions");
    private readonly Stopwatch _clock = new();
    private readonly int _perRound = time is null ? (predictions + Rounds - 1) / Rounds : PerTimedRound;
    private int _asked;
    private int _left;
    private volatile bool _over;
    private volatile string? _fault;

    /// <returns>What is wrong; null for nothing.</returns>
    public string? Carry()
    {
        using var pool = new EnginePool<SoakRow, Prediction>(Create);
        float[][] expected;
        using (var single = Create())
            expected = [.. _rows.Select(row => single.Predict(row).Score.ToArray())];
        _left = Math.Min(_perRound, predictions);
        _clock.Start();
        using var rounds = new Barrier(threads, _ => EndRound());
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() => Work(pool, expected, rounds))).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        cancellation.ThrowIfCancellationRequested();
        Console.Out.WriteLine(FormattableString.Invariant($"Predictions: {_asked} from {threads} threads through {pool.Created} engines in {_clock.Elapsed.TotalSeconds:0} s."));
        return _fault ?? (pool.Created > threads ? $"{threads} threads made {pool.Created} engines." : _flatness.Judge());
    }

    private void Work(EnginePool<SoakRow, Prediction> pool, float[][] expected, Barrier rounds)
    {
        while (!_over)
        {
            try
            {
                while (_fault is null && Interlocked.Decrement(ref _left) >= 0)
                    Predict(pool, expected, Interlocked.Increment(ref _asked) % Distinct);
            }
            catch (Exception error)
            {
                // A thread's exception would end the process, and the other threads would wait for it.
                _fault = $"a prediction failed: {error}";
            }
            rounds.SignalAndWait();
        }
    }

    private void Predict(EnginePool<SoakRow, Prediction> pool, float[][] expected, int row)
    {
        var score = pool.Use(engine => engine.Predict(_rows[row]).Score);
        if (!score.AsSpan().SequenceEqual(expected[row]))
            _fault = FormattableString.Invariant($"a prediction of row {row} is {string.Join(' ', score)}; one engine alone says {string.Join(' ', expected[row])}.");
    }

    /// <summary>All threads wait: nothing is under way when memory is looked at.</summary>
    private void EndRound()
    {
        var share = time is { } whole ? _clock.Elapsed / whole : _asked / (double)predictions;
        _flatness.Sample(Math.Min(1, share));
        _left = time is null ? Math.Min(_perRound, predictions - _asked) : _perRound;
        _over = share >= 1 || _fault is not null || cancellation.IsCancellationRequested;
    }

    private PredictionEngine<SoakRow, Prediction> Create() => ml.Model.CreatePredictionEngine<SoakRow, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
