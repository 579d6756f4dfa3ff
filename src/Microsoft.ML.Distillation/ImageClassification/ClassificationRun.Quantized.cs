using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Training;
using TorchSharp;

namespace Microsoft.ML.Distillation.ImageClassification;

// The returned student, trained on in 8 bits.
internal sealed partial class ClassificationRun
{
    private TrainedQuantization? TrainInEightBits(TrainingInputs inputs, StudentDescription description)
    {
        var training = new QuantizedTraining(options, channel, checkpoints);
        return training.Try(aware =>
        {
            var images = ImageBatches.Of(inputs.Training, aware.Int8.CalibrationImages);
            using var student = new QuantizedClassifier(inputs.Student, description, aware, images, _threads);
            student.to(inputs.Device);
            var settings = QuantizedTraining.Settings(Settings(seed, alone: false), aware);
            using var task = new ClassificationTask(settings, inputs with { Student = student });
            var history = training.Run(settings, task);
            student.eval();
            return new TrainedQuantization(student.Export(history.Epochs), images.Count, history.Epochs);
        });
    }
}
