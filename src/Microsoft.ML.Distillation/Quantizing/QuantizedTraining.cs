using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>The last training of a run: its student, trained on in 8 bits. What fails here costs the run that alone: the student itself is finished.</summary>
/// <param name="checkpoints">The run's; null for none.</param>
internal sealed class QuantizedTraining(DistillationOptions options, IChannel channel, CheckpointFolder? checkpoints)
{
    /// <param name="train">Makes such a student, and trains it by <see cref="Run"/>.</param>
    /// <returns>Null where none is wanted, or none came of it.</returns>
    public TrainedQuantization? Try(Func<QuantizationAwareOptions, TrainedQuantization> train)
    {
        if (options.QuantizationAware is not { } aware || options.CancellationToken.IsCancellationRequested)
            return null;
        try
        {
            return train(aware);
        }
        catch (OperationCanceledException) when (options.OnCancellation == CancellationResult.ReturnBest)
        {
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            channel.Warning(MessageSensitivity.None, $"There is no student in 8 bits, since training it on failed: {error.Message}");
            return null;
        }
    }

    /// <param name="settings">Those of <see cref="Settings"/>.</param>
    public TrainingHistory Run(LoopSettings settings, ITrainingTask task)
    {
        var progress = new ProgressReporter(options.Progress, channel, settings.Epochs);
        progress.StartRun(options.Trainings, options.Trainings, "on, in 8 bits");
        using var folder = CheckpointFolder.OpenWithin(checkpoints, options.Checkpoints, "quantised");
        using var loop = new TrainingLoop(settings, task, progress, folder);
        return loop.Run();
    }

    /// <param name="settings">Those the student was trained with.</param>
    public static T Settings<T>(T settings, QuantizationAwareOptions aware) where T : LoopSettings => settings with
    {
        Epochs = aware.Epochs,
        Optimizer = aware.Optimizer,
        Schedule = new WarmUpCosine { WarmUpEpochs = 0 },
        EarlyStopping = null,
        WeightAverage = null,
        // Levels of 8 bits are told apart by more digits than bfloat16 has.
        Precision = Precision.Float32,
    };
}
