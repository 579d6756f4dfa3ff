using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Training on in 8 bits, from options to file.</summary>
[Collection(nameof(TrainingTests))]
public class QuantizationAwareTests
{
    private static readonly IReadOnlyList<DrawnRow> _rows = Drawn.Rows(96), _others = Drawn.Rows(48, seed: 2);

    [Fact]
    public void AStudentIsTrainedOnWithItsTeacher()
    {
        using var folder = new TemporaryFolder();
        var listener = new Listener();
        var ml = new MLContext(seed: 1);
        var validation = Drawn.View(ml, _others);
        using var plain = ml.DistillImageClassification(Options()).Fit(Drawn.View(ml, _rows), validation);
        using var student = ml.DistillImageClassification(Options(new QuantizationAwareOptions { Epochs = 3, ObservedEpochs = 2 }, listener)).Fit(Drawn.View(ml, _rows), validation);

        var report = student.SaveAsOnnx(folder["trained.onnx"], Quantization.Int8Trained(validation));

        // The student itself is the one it would have been without.
        Assert.Equal(plain.ToOnnx(), student.ToOnnx());
        Assert.Equal(("int8 trained", 3, 96), (report.Kind, report.TrainedEpochs, report.CalibrationImages));
        Assert.EndsWith(", 96 images, trained on for 3 epochs", report.Settings, StringComparison.Ordinal);
        Assert.Equal(student.Report.Quantization! with { LatencyMs = null, FloatLatencyMs = null }, report with { LatencyMs = null, FloatLatencyMs = null });
        Assert.Equal(Quick.Accuracy(PlainOnnx.Run(File.ReadAllBytes(folder["trained.onnx"]), _others, 8), _others), report.Accuracy);
        Assert.Equal(student.Report.StudentFigures!.Accuracy, report.FloatAccuracy);
        Assert.True(report.Accuracy >= report.FloatAccuracy - .05, $"From {report.FloatAccuracy} to {report.Accuracy}.");
        Assert.Null(plain.Report.Quantization);
        Assert.Equal([(1, 2, 4), (2, 2, 3)], listener.Of(DistillationPhase.Validating).Select(p => (p.Run, p.Runs, p.Epochs)).Distinct());
        Assert.Equal("3 epochs, SGD lr 0.001 momentum 0.9 Nesterov weight decay 0.0005, ranges of 2 epochs, percentile 99.99, first and last layers in float32", student.Report.Options["QuantizationAware"]);
    }

    [Fact]
    public void TrainingOnMakesUpForWhatRoundingCosts()
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(seed: 1);
        var data = Drawn.View(ml, _rows);
        // A fifth of all values is cut off at either end, which costs a student that has not learned to live with it.
        var harsh = new Int8Options { Percentile = 60, KeepFirstAndLast = false };
        var aware = new QuantizationAwareOptions { Epochs = 6, Int8 = harsh, Optimizer = new SgdOptions { LearningRate = .002 } };
        using var student = ml.DistillImageClassification(Options(aware, taught: false)).Fit(data);

        student.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(data, harsh));
        student.SaveAsOnnx(folder["trained.onnx"], Quantization.Int8Trained());

        var (floats, before, after) = (Loss(student.ToOnnx()), Loss(File.ReadAllBytes(folder["int8.onnx"])), Loss(File.ReadAllBytes(folder["trained.onnx"])));
        Assert.True(before > floats + .01, $"{floats} to {before}");
        Assert.True(after < before - .01, $"{before} to {after}");
    }

    /// <summary>Mean cross-entropy of the labels.</summary>
    private static double Loss(byte[] model) => -PlainOnnx.Run(model, _rows, 8).Zip(_rows).Average(p => Math.Log(p.First[Array.IndexOf(Drawn.Classes, p.Second.Label)] + 1e-9));

    [Fact]
    public void WithoutTheOptionThereIsNoSuchStudent()
    {
        using var folder = new TemporaryFolder();
        using var student = Quick.Fit(Options(), _rows);

        var error = Assert.Throws<InvalidOperationException>(() => student.SaveAsOnnx(folder["trained.onnx"], Quantization.Int8Trained()));

        Assert.Equal(
            "This student was not trained on in 8 bits: set the options' QuantizationAware to new QuantizationAwareOptions() and train again, or take Quantization.Int8, which needs no training.", error.Message);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AFinishedRunIsTakenUpWithItsStudentInEightBits()
    {
        using var folder = new TemporaryFolder();
        var options = Options(new QuantizationAwareOptions { Epochs = 2 }, checkpoints: folder["run"]);
        using var first = Quick.Fit(options, _rows);
        using var second = Quick.Fit(options, _rows);

        first.SaveAsOnnx(folder["first.onnx"], Quantization.Int8Trained());
        second.SaveAsOnnx(folder["second.onnx"], Quantization.Int8Trained());

        Assert.Equal(File.ReadAllBytes(folder["first.onnx"]), File.ReadAllBytes(folder["second.onnx"]));
        Assert.True(Directory.Exists(Path.Combine(folder["run"], "quantised")));
    }

    [Fact]
    public void WhatGoesWrongCostsTheStudentInEightBitsAlone()
    {
        var ml = new MLContext(seed: 1);
        var heard = new List<string>();
        ml.Log += (_, e) => heard.Add(e.Message);
        var aware = new QuantizationAwareOptions { Epochs = 2, Optimizer = new SgdOptions { LearningRate = 1e30 } };

        using var student = ml.DistillImageClassification(Options(aware)).Fit(Drawn.View(ml, _rows));

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
        var options = Options(new QuantizationAwareOptions { Epochs = 50 }, listener, cancellation: source.Token, result: CancellationResult.ReturnBest);

        using var student = Quick.Fit(options, _rows);

        Assert.InRange(student.Report.Quantization?.TrainedEpochs ?? 0, 0, 1);
        Assert.NotEmpty(student.ToOnnx());
    }

    [Fact]
    public void FaultsOfAllItsOptionsAreToldTogether()
    {
        var aware = new QuantizationAwareOptions
        {
            Epochs = 0, ObservedEpochs = 0, Optimizer = new SgdOptions { LearningRate = 0 }, Int8 = new Int8Options { Percentile = 20 },
        };

        var error = Assert.Throws<ArgumentException>(() => new MLContext().DistillImageClassification(Options(aware)));

        Assert.Contains("4 faults", error.Message, StringComparison.Ordinal);
        Assert.Contains("QuantizationAware.Epochs is 0; it must be at least 1.", error.Message, StringComparison.Ordinal);
        Assert.Contains("QuantizationAware.ObservedEpochs is 0; it must be at least 1, or there would be no ranges.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Percentile is 20; above 50 and at most 100 is needed.", error.Message, StringComparison.Ordinal);
    }

    private static ImageClassificationDistillationOptions Options(
        QuantizationAwareOptions? aware = null, Listener? listener = null, string? checkpoints = null, CancellationToken cancellation = default, CancellationResult result = default,
        bool taught = true)
    {
        var quick = Quick.Options(taught ? ColourTeacher.Named(Drawn.Classes) : null, epochs: 4);
        return new ImageClassificationDistillationOptions
        {
            Teacher = quick.Teacher, Student = quick.Student, Methods = quick.Methods, ImageSize = quick.ImageSize, Epochs = quick.Epochs, BatchSize = quick.BatchSize, Optimizer = quick.Optimizer,
            Schedule = quick.Schedule, Augmentation = quick.Augmentation, Threads = 1, Seed = 1, Checkup = null, Progress = listener, CheckpointFolder = checkpoints, CancellationToken = cancellation,
            OnCancellation = result, QuantizationAware = aware,
        };
    }
}
