namespace Microsoft.ML.Distillation.Training;

/// <summary>What a checkpoint says before its tensors.</summary>
/// <param name="Identity">Options and data, by name: a run goes on only where they are the same.</param>
/// <param name="TeacherSample">What the teacher said; another device may compute the last digits otherwise.</param>
/// <param name="Choices">What was chosen by itself, for whoever looks.</param>
internal sealed record Checkpoint(
    IReadOnlyDictionary<string, string> Identity, IReadOnlyList<double> TeacherSample, IReadOnlyDictionary<string, string> Choices, TrainingRecord Record, IReadOnlyList<TensorEntry> Tensors);
