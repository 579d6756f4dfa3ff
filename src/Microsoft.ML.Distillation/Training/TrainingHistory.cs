namespace Microsoft.ML.Distillation.Training;

/// <summary>The course of a run, as it goes into the report.</summary>
/// <param name="Images">Training images that went through the student.</param>
/// <param name="Epochs">Whole epochs.</param>
internal sealed record TrainingHistory(
    IReadOnlyDictionary<string, List<double>> Terms, IReadOnlyList<double> LearningRate, IReadOnlyList<double> ValidationAccuracy, PhaseClock Clock, long Images, int Epochs)
{
    /// <summary>What became of the teacher's answers, since the run was last gone on with; null without a teacher.</summary>
    public TeacherCacheReport? TeacherCache { get; init; }

    /// <summary>Mean time of an epoch, validation apart.</summary>
    public double SecondsPerEpoch { get; init; }

    /// <summary>The best epoch, from 1; null where nothing was measured.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>What went wrong and was tried again, in words.</summary>
    public IReadOnlyList<string> Retries { get; init; } = [];

    /// <summary>Whether early stopping ended it.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>Whether it was cancelled, and this is what there was.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Steps that came from a checkpoint; 0 for a run from the beginning.</summary>
    public long ResumedAt { get; init; }

    /// <summary>What was noticed of the methods in training.</summary>
    public IReadOnlyList<CheckupFinding> Findings { get; init; } = [];

    /// <summary>The factors on the methods' terms by which they were balanced; empty where they were not.</summary>
    public IReadOnlyDictionary<string, double> MethodFactors { get; init; } = new Dictionary<string, double>();
}
