using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace Microsoft.ML.Distillation.ImageClassification;

// The returned student, trained on in 8 bits. What fails here costs the run that alone: the student itself is finished.
internal sealed partial class ClassificationRun
{
    private TrainedQuantization? TrainInEightBits(TrainingInputs inputs, StudentDescription description)
    {
        if (options.QuantizationAware is not { } aware || options.CancellationToken.IsCancellationRequested)
            return null;
        try
        {
            return TrainInEightBits(inputs, description, aware);
        }
        catch (OperationCanceledException) when (options.OnCancellation == CancellationResult.ReturnBest)
        {
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or InvalidDataException or IOException)
        {
            channel.Warning(MessageSensitivity.None, $"There is no student in 8 bits, since training it on failed: {error.Message}");
            return null;
        }
    }

    private TrainedQuantization TrainInEightBits(TrainingInputs inputs, StudentDescription description, QuantizationAwareOptions aware)
    {
        var images = ImageBatches.Of(inputs.Training, aware.Int8.CalibrationImages);
        using var student = new QuantizedClassifier(inputs.Student, description, aware, images, _threads);
        student.to(inputs.Device);
        var settings = Settings(seed, alone: false) with
        {
            Epochs = aware.Epochs,
            Optimizer = aware.Optimizer,
            Schedule = new WarmUpCosine { WarmUpEpochs = 0 },
            EarlyStopping = null,
            WeightAverage = null,
            // Levels of 8 bits are told apart by more digits than bfloat16 has.
            Precision = Precision.Float32,
        };
        var progress = new ProgressReporter(options.Progress, channel, aware.Epochs);
        progress.StartRun(Trainings, Trainings, "on, in 8 bits");
        using var task = new ClassificationTask(settings, inputs with { Student = student });
        using var folder = CheckpointFolder.OpenWithin(checkpoints, options.Checkpoints, "quantised");
        using var loop = new TrainingLoop(settings, task, progress, folder);
        var history = loop.Run();
        student.eval();
        return new TrainedQuantization(student.Export(history.Epochs), images.Count, history.Epochs);
    }
}
