using System.Diagnostics;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>A task that notes when each of its steps begins.</summary>
internal sealed class TimedTask(ITrainingTask task) : ITrainingTask
{
    /// <summary>Timestamps, one a step.</summary>
    public List<long> Starts { get; } = [];

    /// <summary>Seconds that had gone to each phase when an epoch's first step began.</summary>
    public List<IReadOnlyDictionary<string, double>> Phases { get; } = [];

    /// <summary>The memory the process had at each epoch's last step, in bytes.</summary>
    public List<long> Resident { get; } = [];

    public int BatchSize => task.BatchSize;

    public int StepsPerEpoch => task.StepsPerEpoch;

    public IReadOnlyList<TrainedModule> Modules => task.Modules;

    public string? Metric => task.Metric;

    public Device Device => task.Device;

    public ITensorState? OwnState => task.OwnState;

    public IReadOnlyList<CheckupFinding> Findings => task.Findings;

    public IReadOnlyDictionary<string, double> MethodFactors => task.MethodFactors;

    public TeacherCacheReport? TeacherCache => task.TeacherCache;

    public IEnumerable<TrainingStep> Epoch(int epoch, int first) => task.Epoch(epoch, first).Select((step, place) => step with { Compute = clock => Compute(step, place, clock) });

    public IReadOnlyDictionary<string, string> Identity() => task.Identity();

    public IReadOnlyList<double> TeacherSample() => task.TeacherSample();

    public double Validate(CancellationToken cancellation) => task.Validate(cancellation);

    public void Dispose() => task.Dispose();

    private IReadOnlyList<(string Name, Tensor Value)> Compute(TrainingStep step, int place, PhaseClock clock)
    {
        // A GPU is waited for where timing begins and ends, and nowhere else.
        if (Device.type == DeviceType.CUDA && (place == 0 || place == StepsPerEpoch - 1))
            cuda.synchronize(Device);
        Starts.Add(Stopwatch.GetTimestamp());
        if (place == 0)
            Phases.Add(clock.Seconds);
        if (place == StepsPerEpoch - 1)
        {
            using var process = Process.GetCurrentProcess();
            Resident.Add(process.WorkingSet64);
        }
        return step.Compute(clock);
    }
}
