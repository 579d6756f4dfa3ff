using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>What is kept of a student once it is trained.</summary>
/// <param name="Exits">Its early exits; empty where no method made any.</param>
/// <param name="HeldOut">What it says of the held-out images; null without any.</param>
/// <param name="Onnx">Its file.</param>
/// <param name="Evidence">Null where none is wanted of it.</param>
internal sealed record StudentRun(TrainingHistory History, IReadOnlyList<EarlyExitModel> Exits, HeldOutLook? HeldOut, byte[] Onnx, StudentEvidence? Evidence);

/// <summary>What a training leaves behind beside the student's weights.</summary>
/// <param name="Gradients">By depth; empty where they are not wanted.</param>
internal sealed record TrainedRun(TrainingHistory History, IReadOnlyList<EarlyExitModel> Exits, IReadOnlyList<StageGradient> Gradients);

/// <summary>The students of a call of Fit.</summary>
/// <param name="Returned">The one whose model is returned: the first seed's.</param>
/// <param name="Baseline">The one of the same seed that trained without teacher and methods; null without a comparison.</param>
/// <param name="Comparison">Of all seeds; null where none was asked for.</param>
internal sealed record StudentRuns(StudentRun Returned, StudentRun? Baseline, BaselineComparison? Comparison);
