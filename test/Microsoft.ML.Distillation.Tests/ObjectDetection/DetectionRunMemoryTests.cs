using Microsoft.ML.Distillation.Tests.ImageClassification;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>What a run leaves behind, by figures of the whole process: these run alone.</summary>
[Collection(nameof(TrainedDetector))]
public sealed class DetectionRunMemoryTests(TrainedDetector trained)
{
    // Some sixty convolutions of 4 images each keep well over 5 MiB a step for their gradients, 50 steps 250 MiB.
    private const long Tolerance = 60L << 20;
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void StepsKeepNothing()
    {
        var (memory, tensors) = (new Dictionary<long, long>(), new Dictionary<long, long>());
        var listener = new Listener(p =>
        {
            if (p.Phase != DistillationPhase.Training || p.Step == 0)
                return;
            if (p.Step <= 8)
                Collect();
            memory[p.Step] = Environment.WorkingSet;
            tensors[p.Step] = Tensor.TotalCount;
        });
        DetectionMethod[] methods = [new FocalGlobalDistillation(), new YoloOutputDistillation(), new YoloFeatureDistillation()];
        var options = QuickDetector.Options(
            epochs: 16, batch: 4, teacher: DetectorStudentTeacher.FromOnnx(trained.Onnx), methods: methods, fraction: .25, progress: listener, augmentation: new());

        using var model = _ml.DistillObjectDetection(options).Fit(QuickDetector.Data(_ml, 22, seed: 1));

        Assert.Equal(64, memory.Keys.Max());
        Assert.InRange(memory[64] - memory[12], long.MinValue, Tolerance);
        // After the first epoch, of four steps, the state that is kept has the optimiser's momenta too, and the best weights are there.
        Assert.All(tensors.Where(t => t.Key > 8), t => Assert.Equal(tensors[8], t.Value));
    }

    [Fact]
    public void StepsInEightBitsKeepNothing()
    {
        var tensors = new Dictionary<long, long>();
        var listener = new Listener(p =>
        {
            if (p is not { Run: 2, Phase: DistillationPhase.Training, Step: > 8 })
                return;
            Collect();
            tensors[p.Step] = Tensor.TotalCount;
        });
        var options = QuickDetector.Options(
            epochs: 1, batch: 4, teacher: DetectorStudentTeacher.FromOnnx(trained.Onnx), methods: [new YoloFeatureDistillation()], student: ObjectDetector.FromOnnx(trained.Onnx), fraction: .25,
            progress: listener, aware: new() { Epochs = 8 });

        using var model = _ml.DistillObjectDetection(options).Fit(QuickDetector.Data(_ml, 22, seed: 1));

        Assert.Equal(32, tensors.Keys.Max());
        // Ranges are observed at the beginnings of three epochs, the last of them at step 8.
        Assert.All(tensors, t => Assert.Equal(tensors[32], t.Value));
    }

    [Fact]
    public void NoTensorOutlivesARun()
    {
        var ofStudents = StillCounted(() =>
        {
            ObjectDetector.YoloV5n.CreateBlank(3).Dispose();
            ObjectDetector.YoloV5n.CreateModule(Scenes.Classes, seed: 1).Dispose();
        });

        Assert.Equal(ofStudents, StillCounted(() => _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, fraction: .25)).Fit(QuickDetector.Data(_ml, 12, seed: 1)).Dispose()));
    }

    // TorchSharp may count the Parameters of a network that was disposed of until the collector has passed.
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static long StillCounted(Action action)
    {
        Collect();
        var before = Tensor.TotalCount;
        action();
        Collect();
        return Tensor.TotalCount - before;
    }
}
