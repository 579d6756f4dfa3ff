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
        if (options.CompareToBaseline is not { } comparison)
            return new StudentRuns(TrainStudent(inputs, description, heldOut, seed, alone: false), null, null);
        var compared = new ComparedRuns();
        for (var i = 0; i < comparison.Seeds && compared.Goes; i++)
        {
            var runSeed = unchecked(seed + i);
            _progress.StartRun(2 * i + 1, 2 * comparison.Seeds, FormattableString.Invariant($"without teacher and methods, seed {runSeed}"));
            compared.Baseline(() => TrainAnother(inputs with { Teacher = null }, description, heldOut, runSeed, alone: true));
            if (compared is { Goes: false, Returned: not null })
                break;
            _progress.StartRun(2 * i + 2, 2 * comparison.Seeds, FormattableString.Invariant($"distilled, seed {runSeed}"));
            compared.Distilled(runSeed, () => i == 0 ? TrainStudent(inputs, description, heldOut, runSeed, alone: false) : TrainAnother(inputs, description, heldOut, runSeed, alone: false));
        }
        if (compared.Broken is { } broken)
            channel.Warning(MessageSensitivity.None, $"There is no comparison with the baseline, since one of its trainings failed: {broken.Message}");
        return compared.Result(heldOut!.Store.Count, options.KeepBest || options.EarlyStopping is not null);
    }

    private StudentRun TrainAnother(TrainingInputs inputs, StudentDescription description, HeldOutImages? heldOut, int runSeed, bool alone)
    {
        using var module = options.Student.CreateModule(description.ClassNames, runSeed);
        module.to(inputs.Device);
        return TrainStudent(inputs with { Student = module }, description, heldOut, runSeed, alone);
    }

    private StudentRun TrainStudent(TrainingInputs inputs, StudentDescription description, HeldOutImages? heldOut, int runSeed, bool alone)
    {
        var (history, exits) = Train(inputs, description, runSeed, alone);
        inputs.Student.eval();
        return new StudentRun(history, exits, Look(inputs, history, heldOut), StudentExporter.Standalone(inputs.Student, description));
    }

    /// <summary>What a student says of the held-out images; null where the run is cancelled and is to end with what there is.</summary>
    private HeldOutLook? Look(TrainingInputs inputs, TrainingHistory history, HeldOutImages? heldOut)
    {
        if (history.Cancelled)
            return null;
        try
        {
            return heldOut?.Look((pixels, _) => Forward(inputs, pixels));
        }
        catch (OperationCanceledException) when (options.OnCancellation == CancellationResult.ReturnBest)
        {
            return null;
        }
    }

    private static Common.ModelOutput Forward(TrainingInputs inputs, TorchSharp.torch.Tensor pixels) =>
        inputs.Student.call(Data.PixelTensor.ForNetwork(inputs.StudentView.Apply(pixels)));
}
