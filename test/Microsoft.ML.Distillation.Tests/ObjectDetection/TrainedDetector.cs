namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>A detector that was trained once for all tests of trained ones. Bit for bit needs one thread, which is the process's, so these run alone.</summary>
public sealed class TrainedDetector : IDisposable
{
    public const int ValidationRows = 24, ValidationSeed = 2;

    public TrainedDetector()
    {
        var ml = new MLContext(seed: 1);
        // The model gives all it has: its precision is then that which was measured in training.
        var options = QuickDetector.Options(epochs: 14, validation: QuickDetector.Data(ml, ValidationRows, ValidationSeed), threshold: .001);
        Model = ml.DistillObjectDetection(options).Fit(QuickDetector.Data(ml, 144, seed: 1));
        Onnx = Model.ToOnnx();
    }

    public ObjectDetectionDistillationTransformer Model { get; }

    public byte[] Onnx { get; }

    public void Dispose() => Model.Dispose();

    [CollectionDefinition(nameof(TrainedDetector), DisableParallelization = true)]
    public sealed class Collection : ICollectionFixture<TrainedDetector>;
}
