using System.Text.Json;
using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Training a detector on in 8 bits, from options to file.</summary>
[Collection(nameof(TrainedDetector))]
public class DetectorQuantizationAwareTests(TrainedDetector trained)
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView Rows => QuickDetector.Data(_ml, 32, seed: 1);

    private IDataView Validation => QuickDetector.Data(_ml, TrainedDetector.ValidationRows, TrainedDetector.ValidationSeed);

    [Fact]
    public void ADetectorIsTrainedOnWithItsTeacher()
    {
        using var folder = new TemporaryFolder();
        var listener = new Listener();
        using var plain = Fit(validated: true);
        using var student = Fit(new QuantizationAwareOptions { Epochs = 3, ObservedEpochs = 2 }, validated: true, progress: listener);

        var report = student.SaveAsOnnx(folder["trained.onnx"], Quantization.Int8Trained(Validation));

        // The student itself is the one it would have been without.
        Assert.Equal(plain.ToOnnx(), student.ToOnnx());
        Assert.Equal(("int8 trained", 3, 32, TrainedDetector.ValidationRows), (report.Kind, report.TrainedEpochs, report.CalibrationImages, report.EvaluationImages));
        Assert.EndsWith(", 32 images, trained on for 3 epochs", report.Settings, StringComparison.Ordinal);
        Assert.Equal(student.Report.Quantization! with { LatencyMs = null, FloatLatencyMs = null }, report with { LatencyMs = null, FloatLatencyMs = null });
        Assert.Equal(5, report.Layers - report.QuantizedLayers); // the stem, the narrow layer after it, and a convolution for each of three heads
        Assert.Equal(new FileInfo(folder["trained.onnx"]).Length, report.ModelBytes);
        Assert.Equal(student.Report.StudentFigures!.MeanAveragePrecision!.Value, report.FloatMeanAveragePrecision!.Value, 1e-3);
        Assert.True(report.MeanAveragePrecision50 > report.FloatMeanAveragePrecision50 - .1, $"From {report.FloatMeanAveragePrecision50} to {report.MeanAveragePrecision50}.");
        // What was measured while it was trained, of rounded floats, is what the file reaches in ONNX Runtime.
        var measured = listener.Of(DistillationPhase.Validating).Where(p => p.Run == 2).Max(p => p.BestValidationAccuracy!.Value);
        Assert.InRange(report.MeanAveragePrecision!.Value, measured - .02, measured + .02);
        Assert.Null(plain.Report.Quantization);
        Assert.Equal([(1, 2, 2), (2, 2, 3)], listener.Of(DistillationPhase.Validating).Select(p => (p.Run, p.Runs, p.Epochs)).Distinct());
        Assert.Equal("3 epochs, SGD lr 0.001 momentum 0.9 Nesterov weight decay 0.0005, ranges of 2 epochs, percentile 99.99, first and last layers in float32", student.Report.Options["QuantizationAware"]);
        student.Report.SaveAsJson(folder["report.json"]);
        using var json = JsonDocument.Parse(File.ReadAllText(folder["report.json"]));
        var quantised = json.RootElement.GetProperty("quantised");
        Assert.Equal(("int8 trained", 3), (quantised.GetProperty("kind").GetString(), quantised.GetProperty("trainedEpochs").GetInt32()));
        Assert.Equal((report.FloatMeanAveragePrecision, report.MeanAveragePrecision), (quantised.GetProperty("floatMAP").GetDouble(), quantised.GetProperty("mAP").GetDouble()));
    }

    [Fact]
    public void TrainingOnMakesUpForWhatRoundingCosts()
    {
        using var folder = new TemporaryFolder();
        // A twelfth of all values at either end is cut off, which costs a student that has not learned to live with it.
        var harsh = new Int8Options { Percentile = 92, KeepFirstAndLast = false };
        using var student = Fit(new QuantizationAwareOptions { Epochs = 4, Int8 = harsh, Optimizer = new AdamWOptions { LearningRate = 1e-3 } }, taught: false);

        var before = student.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(Rows, harsh, Rows));
        var after = student.SaveAsOnnx(folder["trained.onnx"], Quantization.Int8Trained(Rows));

        Assert.Equal(before.FloatMeanAveragePrecision, after.FloatMeanAveragePrecision);
        Assert.True(before.MeanAveragePrecision50 < before.FloatMeanAveragePrecision50 - .1, $"{before.FloatMeanAveragePrecision50} to {before.MeanAveragePrecision50}");
        Assert.True(after.MeanAveragePrecision50 > before.MeanAveragePrecision50 + .1, $"{before.MeanAveragePrecision50} to {after.MeanAveragePrecision50}");
    }

    [Fact]
    public void ARetinaNetIsTrainedOnToo()
    {
        using var folder = new TemporaryFolder();
        using var student = Fit(new QuantizationAwareOptions { Epochs = 1 }, student: ObjectDetector.RetinaNet(18, 16), taught: false);

        var report = student.SaveAsOnnx(folder["trained.onnx"], Quantization.Int8Trained());

        Assert.Equal(("int8 trained", 1, null), (report.Kind, report.TrainedEpochs, report.MeanAveragePrecision));
        Assert.Null(student.Report.Quantization!.EvaluationImages);
    }

    [Fact]
    public void ACancelledRunGoesOnToTheSameStudentInEightBits()
    {
        using var folder = new TemporaryFolder();
        var aware = new QuantizationAwareOptions { Epochs = 3, ObservedEpochs = 2 };
        using var whole = Fit(aware, validated: true);
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(aware, validated: true, folder: folder["run"], cancellation: source.Token, progress: new Listener(p =>
        {
            if (p is { Run: 2, Phase: DistillationPhase.Training, Step: >= 6 })
                source.Cancel();
        })));
        Assert.True(Directory.Exists(Path.Combine(folder["run"], "quantised")));
        using var resumed = Fit(aware, validated: true, folder: folder["run"]);
        using var again = Fit(aware, validated: true, folder: folder["run"]);

        var expected = InEightBits(whole, folder["whole.onnx"]);

        Assert.Equal(expected, InEightBits(resumed, folder["resumed.onnx"]));
        Assert.Equal(expected, InEightBits(again, folder["again.onnx"]));
        Assert.Equal(whole.Report.Quantization!.MeanAveragePrecision, resumed.Report.Quantization!.MeanAveragePrecision);
    }

    [Fact]
    public void WhatGoesWrongCostsTheStudentInEightBitsAlone()
    {
        var heard = new List<string>();
        _ml.Log += (_, e) => heard.Add(e.Message);

        using var student = Fit(new QuantizationAwareOptions { Epochs = 2, Optimizer = new SgdOptions { LearningRate = 1e30 } });

        Assert.Contains(heard, m => m.Contains("There is no student in 8 bits, since training it on failed: ", StringComparison.Ordinal));
        Assert.Null(student.Report.Quantization);
        Assert.NotEmpty(student.ToOnnx());
    }

    [Fact]
    public void ACancelledRunEndsWithTheStudentInFloats()
    {
        using var source = new CancellationTokenSource();
        var listener = new Listener(p =>
        {
            if (p is { Run: 2, Phase: DistillationPhase.Training })
                source.Cancel();
        });

        using var student = Fit(new QuantizationAwareOptions { Epochs = 50 }, progress: listener, cancellation: source.Token, result: CancellationResult.ReturnBest);

        Assert.InRange(student.Report.Quantization?.TrainedEpochs ?? 0, 0, 1);
        Assert.NotEmpty(student.ToOnnx());
    }

    [Fact]
    public void FaultsOfItsOptionsAreToldWithTheOthers()
    {
        var options = new ObjectDetectionDistillationOptions { Epochs = 0, QuantizationAware = new() { Epochs = 0, ObservedEpochs = 0 } };

        var error = Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(options));

        Assert.Contains("QuantizationAware.Epochs is 0; it must be at least 1.", error.Message, StringComparison.Ordinal);
        Assert.Contains("QuantizationAware.ObservedEpochs is 0; it must be at least 1, or there would be no ranges.", error.Message, StringComparison.Ordinal);
    }

    private static byte[] InEightBits(ObjectDetectionDistillationTransformer student, string path)
    {
        student.SaveAsOnnx(path, Quantization.Int8Trained());
        return File.ReadAllBytes(path);
    }

    /// <summary>Goes on from the trained detector.</summary>
    private ObjectDetectionDistillationTransformer Fit(
        QuantizationAwareOptions? aware = null, bool validated = false, bool taught = true, ObjectDetector? student = null, string? folder = null, IProgress<DistillationProgress>? progress = null,
        CancellationToken cancellation = default, CancellationResult result = default) => _ml.DistillObjectDetection(QuickDetector.Options(
            rate: 2e-4, teacher: taught ? DetectorStudentTeacher.FromOnnx(trained.Onnx) : null, methods: taught ? [new YoloFeatureDistillation()] : [], student: student ?? ObjectDetector.FromOnnx(trained.Onnx),
            folder: folder, progress: progress, cancellation: cancellation, result: result, aware: aware)).Fit(Rows, validated ? Validation : null);
}
