namespace Microsoft.ML.Distillation.Training;

/// <summary>The course of a run, as it goes into the report.</summary>
internal sealed record TrainingHistory(
    Dictionary<string, List<double>> Terms, List<double> LearningRate, List<double> ValidationAccuracy, PhaseClock Clock, long Images, int Epochs)
{
    /// <summary>What became of the teacher's answers; null without a teacher.</summary>
    public TeacherCacheReport? TeacherCache { get; init; }
}
