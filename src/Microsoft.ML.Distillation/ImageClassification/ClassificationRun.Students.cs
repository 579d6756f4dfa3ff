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
        StudentRun? baseline = null, returned = null;
        var gains = new List<SeedGain>();
        try
        {
            for (var i = 0; i < comparison.Seeds; i++)
            {
                var runSeed = unchecked(seed + i);
                _progress.StartRun(2 * i + 1, 2 * comparison.Seeds, FormattableString.Invariant($"without teacher and methods, seed {runSeed}"));
                var alone = TrainAnother(inputs with { Teacher = null }, description, heldOut, runSeed, alone: true);
                _progress.StartRun(2 * i + 2, 2 * comparison.Seeds, FormattableString.Invariant($"distilled, seed {runSeed}"));
                var distilled = i == 0 ? TrainStudent(inputs, description, heldOut, runSeed, alone: false) : TrainAnother(inputs, description, heldOut, runSeed, alone: false);
                (baseline, returned) = (baseline ?? alone, returned ?? distilled);
                if (alone.History.Cancelled || distilled.History.Cancelled)
                    return new StudentRuns(returned, baseline, null);
                gains.Add(new SeedGain(runSeed, alone.HeldOut!.Scores!.Accuracy, distilled.HeldOut!.Scores!.Accuracy));
            }
        }
        catch (OperationCanceledException) when (returned is not null && options.OnCancellation == CancellationResult.ReturnBest)
        {
            return new StudentRuns(returned, baseline, null);
        }
        catch (InvalidOperationException broken) when (returned is not null)
        {
            // The model is there. A comparison that left out the seeds that failed would not be one.
            channel.Warning(MessageSensitivity.None, $"There is no comparison with the baseline, since one of its trainings failed: {broken.Message}");
            return new StudentRuns(returned, baseline, null);
        }
        return new StudentRuns(returned!, baseline, BaselineComparison.Of(gains, heldOut!.Store.Count));
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
        // A run that was cancelled is to end, with what there is.
        var measured = trained.History.Cancelled ? null : heldOut;
        var look = measured?.Look((pixels, _) => Forward(inputs, pixels));
        return new StudentRun(trained.History, trained.Exits, look, StudentExporter.Standalone(inputs.Student, description), Evidence(trained, inputs, measured, runSeed));
    }

    private StudentEvidence? Evidence(TrainedRun trained, TrainingInputs inputs, HeldOutImages? heldOut, int runSeed) => heldOut is null || !_evidence.Wants(runSeed, trained.History)
        ? null
        : new StudentEvidence
        {
            Gradients = trained.Gradients,
            WeightNoise = _evidence.Noise(inputs.Student, () => heldOut.Look((pixels, _) => Forward(inputs, pixels)).Scores!.Accuracy),
        };

    private static Common.ModelOutput Forward(TrainingInputs inputs, TorchSharp.torch.Tensor pixels) =>
        inputs.Student.call(Data.PixelTensor.ForNetwork(inputs.StudentView.Apply(pixels)));
}
