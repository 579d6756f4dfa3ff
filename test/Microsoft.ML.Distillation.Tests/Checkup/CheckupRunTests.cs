using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Tests.Checkup;

/// <summary>The check-up as a part of a run.</summary>
[Collection(nameof(TrainingTests))]
public class CheckupRunTests(FittedPipeline fitted)
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Tints.Rows(64);
    private readonly List<(ChannelMessageKind Kind, string Message)> _log = [];

    [Fact]
    public void WhatIsFoundIsInTheReportAndInTheLog()
    {
        using var student = Fit(Tints.Teacher(given: ImageNormalization.Raw), new());

        var report = student.Report.Checkup;
        Assert.Contains(report, f => f is { Code: "normalization", Severity: CheckupSeverity.Warning });
        Assert.Contains(report, f => f is { Code: "teacher-accuracy" });
        foreach (var finding in report)
            Assert.Contains((finding.Severity == CheckupSeverity.Warning ? ChannelMessageKind.Warning : ChannelMessageKind.Info, finding.ToString()), _log);
        Assert.Equal("512 images", student.Report.Options["Checkup"]);
        Assert.Contains((ChannelMessageKind.Info, "Trying the teacher on 64 training images."), _log);
    }

    [Fact]
    public void AHealthyPairTrainsWithoutAWarning()
    {
        using var student = Fit(Tints.Teacher(), new());

        Assert.NotEmpty(student.Report.Checkup);
        Assert.DoesNotContain(_log, line => line.Kind == ChannelMessageKind.Warning);
    }

    [Fact]
    public void SwitchedOffItFindsNothingAndTheStudentIsTheSame()
    {
        using var with = Fit(Tints.Teacher(), new() { SampleRows = 20 });
        using var without = Fit(Tints.Teacher(), null);

        Assert.Empty(without.Report.Checkup);
        Assert.Equal("off", without.Report.Options["Checkup"]);
        Assert.Equal(with.ToOnnx(), without.ToOnnx());
    }

    [Fact]
    public void WithoutATeacherThereIsNone()
    {
        using var student = Fit(null, new());

        Assert.Empty(student.Report.Checkup);
    }

    [Fact]
    public void WithoutLabelsTheOutputsAreLookedAt()
    {
        using var student = Fit(Tints.Teacher(gain: 4000), new(), label: null);

        Assert.Equal(["outputs", "temperature"], student.Report.Checkup.Select(f => f.Code));
    }

    // It goes by rows: there are no pixels to prepare in another way.
    [Fact]
    public void AModelThatReadsRowsIsCheckedToo()
    {
        var ml = new MLContext(seed: 1);

        var findings = ml.CheckTeacher(new TransformerTeacher(fitted.Student), Drawn.View(ml, Drawn.Rows(60, seed: 9)));

        Assert.Equal(["teacher-accuracy", "outputs"], findings.Select(f => f.Code));
        Assert.All(findings, f => Assert.Equal(CheckupSeverity.Info, f.Severity));
    }

    private ImageClassificationDistillationTransformer Fit(Teacher? teacher, CheckupOptions? checkup, string? label = "Label")
    {
        var ml = new MLContext(seed: 1);
        ml.Log += (_, e) => _log.Add((e.Kind, e.RawMessage));
        return ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            LabelColumnName = label,
            Teacher = teacher,
            Student = ImageClassifier.ResNet8,
            Methods = teacher is null ? [] : [new KnowledgeDistillation()],
            ImageSize = Quick.Size,
            Epochs = 1,
            BatchSize = 16,
            Threads = 1,
            Seed = 1,
            Checkup = checkup,
        }).Fit(Tints.View(ml, Rows));
    }
}
