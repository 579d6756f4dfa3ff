namespace Microsoft.ML.Distillation.Training;

/// <summary>The course of a run, as it goes into the report.</summary>
internal sealed record TrainingHistory(
    Dictionary<string, List<double>> Terms, List<double> LearningRate, List<double> ValidationAccuracy, PhaseClock Clock, long Images, int Epochs)
{
    /// <summary>What became of the teacher's answers; null without a teacher.</summary>
    public TeacherCacheReport? TeacherCache { get; init; }

    /// <summary>What was noticed of the methods in training.</summary>
    public IReadOnlyList<CheckupFinding> Findings { get; init; } = [];

    /// <summary>The factors on the methods' terms by which they were balanced; empty where they were not.</summary>
    public IReadOnlyDictionary<string, double> MethodFactors { get; init; } = new Dictionary<string, double>();
}
