using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Training;
using TorchSharp;

namespace Microsoft.ML.Distillation.ObjectDetection;

// The returned student, trained on in 8 bits.
internal sealed partial class DetectionRun
{
    /// <param name="module">The trained student.</param>
    private TrainedQuantization? TrainInEightBits(DetectorModule module, DetectionInputs inputs, StudentDescription description)
    {
        var training = new QuantizedTraining(options, channel, checkpoints);
        return training.Try(aware =>
        {
            var images = ImageBatches.Of(inputs.Training.Pixels, aware.Int8.CalibrationImages);
            using var student = new QuantizedDetector(module, description, aware, images, _threads);
            student.to(inputs.Device);
            var settings = QuantizedTraining.Settings(Settings(seed, alone: false), aware);
            using var task = new DetectionTask(settings, inputs with { Student = student });
            var history = training.Run(settings, task);
            student.eval();
            return new TrainedQuantization(student.Export(history.Epochs, options.Suppression), images.Count, history.Epochs);
        });
    }
}
