using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace Microsoft.ML.Distillation.ImageClassification;

// The students a run trains: one, or for a comparison two a seed in turn, so that whatever else the machine does meets both kinds alike.
internal sealed partial class ClassificationRun
{
    private StudentRuns TrainStudents(TrainingInputs inputs, StudentDescription description, HeldOutImages? heldOut)
    {
        if (options.CompareToBaseline is null && options.QuantizationAware is not null)
            _progress.StartRun(1, options.Trainings, "in floats");
        if (options.CompareToBaseline is not { } comparison)
            return new StudentRuns(TrainStudent(inputs, description, heldOut, seed, alone: false), null, null);
        var compared = new ComparedRuns<StudentRun>(run => run.HeldOut?.Scores?.Accuracy);
        compared.Train(
            seed, comparison.Seeds, options.Trainings, _progress,
            runSeed => TrainAnother(inputs with { Teacher = null }, description, heldOut, runSeed, alone: true),
            runSeed => runSeed == seed ? TrainStudent(inputs, description, heldOut, runSeed, alone: false) : TrainAnother(inputs, description, heldOut, runSeed, alone: false));
        if (compared.Broken is { } broken)
            channel.Warning(MessageSensitivity.None, $"There is no comparison with the baseline, since one of its trainings failed: {broken.Message}");
        var gains = compared.Gains is { } all ? BaselineComparison.Of(all, heldOut!.Store.Count, options.KeepBest || options.EarlyStopping is not null) : null;
        return new StudentRuns(compared.Returned!, compared.FirstBaseline, gains);
    }

    private StudentRun TrainAnother(TrainingInputs inputs, StudentDescription description, HeldOutImages? heldOut, int runSeed, bool alone)
    {
        using var module = options.Student.CreateModule(description.ClassNames, runSeed);
        module.to(inputs.Device);
        return TrainStudent(inputs with { Student = module }, description, heldOut, runSeed, alone);
    }

    private StudentRun TrainStudent(TrainingInputs inputs, StudentDescription description, HeldOutImages? heldOut, int runSeed, bool alone)
    {
        var trained = Train(inputs, description, runSeed, alone);
        inputs.Student.eval();
        var look = Measured(trained.History, () => heldOut?.Look((pixels, _) => Forward(inputs, pixels)));
        var evidence = look is null ? null : Measured(trained.History, () => Evidence(trained, inputs, heldOut!, runSeed));
        return new StudentRun(trained.History, trained.Exits, look, StudentExporter.Standalone(inputs.Student, description), evidence);
    }

    /// <summary>What is measured of a student; null where the run is cancelled and is to end with what there is.</summary>
    private T? Measured<T>(TrainingHistory history, Func<T?> measure) where T : class
    {
        if (history.Cancelled)
            return null;
        try
        {
            return measure();
        }
        catch (OperationCanceledException) when (options.OnCancellation == CancellationResult.ReturnBest)
        {
            return null;
        }
    }

    private StudentEvidence? Evidence(TrainedRun trained, TrainingInputs inputs, HeldOutImages heldOut, int runSeed) => !_evidence.Wants(runSeed, trained.History)
        ? null
        : new StudentEvidence
        {
            Gradients = trained.Gradients,
            WeightNoise = _evidence.Noise(inputs.Student, () => heldOut.Look((pixels, _) => Forward(inputs, pixels)).Scores!.Accuracy),
        };

    private static Common.ModelOutput Forward(TrainingInputs inputs, TorchSharp.torch.Tensor pixels) =>
        inputs.Student.call(Data.PixelTensor.ForNetwork(inputs.StudentView.Apply(pixels)));
}
