using System.Diagnostics;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Adds up where time goes: each mark gives the time since the last one to a phase.</summary>
internal sealed class PhaseClock
{
    private readonly Dictionary<string, long> _ticks = [];
    private long _last = Stopwatch.GetTimestamp();

    public IReadOnlyDictionary<string, double> Seconds => _ticks.ToDictionary(t => t.Key, t => t.Value / (double)Stopwatch.Frequency);

    public double TotalSeconds => _ticks.Values.Sum() / (double)Stopwatch.Frequency;

    /// <summary>Adds time that was spent before.</summary>
    public void Add(IReadOnlyDictionary<string, double> seconds)
    {
        foreach (var (phase, time) in seconds)
            _ticks[phase] = _ticks.GetValueOrDefault(phase) + (long)Math.Round(time * Stopwatch.Frequency);
    }

    /// <summary>The time since the last mark belongs to no phase.</summary>
    public void Skip() => _last = Stopwatch.GetTimestamp();

    public void Mark(string phase)
    {
        var now = Stopwatch.GetTimestamp();
        _ticks[phase] = _ticks.GetValueOrDefault(phase) + now - _last;
        _last = now;
    }
}
