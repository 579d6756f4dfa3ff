using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>A teacher's labels belong to a run: they are found once, however often and wherever it is resumed.</summary>
[Collection(nameof(TrainedDetector))]
public sealed class KeptLabelsTests : IDisposable
{
    // What another device, or another version of a library, makes of the same arithmetic.
    private const float OtherRounding = 1 + 1e-6f;
    private readonly TrainedDetector _trained;
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _log = [];

    public KeptLabelsTests(TrainedDetector trained)
    {
        _trained = trained;
        _ml.Log += (_, e) => _log.Add(e.RawMessage);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void ARunGoesOnWithTheLabelsItBeganWith(bool soft, bool addMissing)
    {
        var wanted = new PseudoLabelOptions { ScoreThreshold = .3, SoftConfidences = soft, AddMissing = addMissing };
        using var whole = Fit(null, wanted);
        Break(wanted);

        using var resumed = Fit(_folder.Path, wanted, OtherRounding);

        Assert.Equal(whole.ToOnnx(), resumed.ToOnnx());
        Assert.Equal(whole.Report.Terms["total"], resumed.Report.Terms["total"]);
        Assert.Contains(_log, line => line.StartsWith("Going on from step ", StringComparison.Ordinal));
    }

    [Fact]
    public void AnotherTeachersLabelsAreAnotherRunsAndThoseOfTheFirstStay()
    {
        var wanted = new PseudoLabelOptions { ScoreThreshold = .3 };
        using var whole = Fit(null, wanted);
        Break(wanted);

        var teacher = Assert.Throws<InvalidOperationException>(() => Fit(_folder.Path, wanted, .8f)).Message;
        var options = Assert.Throws<InvalidOperationException>(() => Fit(_folder.Path, new PseudoLabelOptions { ScoreThreshold = .4 })).Message;
        using var resumed = Fit(_folder.Path, wanted, OtherRounding);

        Assert.Contains("Training images: '", teacher, StringComparison.Ordinal);
        Assert.Contains("PseudoLabels: 'score 0.3 instead of labels' then, 'score 0.4 instead of labels' now.", options, StringComparison.Ordinal);
        Assert.Equal(whole.ToOnnx(), resumed.ToOnnx());
    }

    [Fact]
    public void LabelsThatAreDamagedAreFoundAgain()
    {
        var wanted = new PseudoLabelOptions { ScoreThreshold = .3 };
        using var whole = Fit(null, wanted);
        Break(wanted);
        File.WriteAllBytes(_folder[KeptLabels.FileName], File.ReadAllBytes(_folder[KeptLabels.FileName])[..^1]);

        using var resumed = Fit(_folder.Path, wanted);

        Assert.Equal(whole.ToOnnx(), resumed.ToOnnx());
        Assert.Contains(_log, line => line.Contains("it is cut off or has grown", StringComparison.Ordinal) && line.EndsWith("The teacher is asked again.", StringComparison.Ordinal));
    }

    private void Break(PseudoLabelOptions wanted)
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(_folder.Path, wanted, cancellation: source.Token, progress: new Listener(p =>
        {
            if (p.Phase == DistillationPhase.Training && p.Step >= 3)
                source.Cancel();
        })));
    }

    private ObjectDetectionDistillationTransformer Fit(
        string? folder, PseudoLabelOptions wanted, float factor = 1, IProgress<DistillationProgress>? progress = null, CancellationToken cancellation = default) => _ml.DistillObjectDetection(
        QuickDetector.Options(
            epochs: 3, batch: 6, teacher: new Scaled(DetectorStudentTeacher.FromOnnx(_trained.Onnx), factor), pseudoLabels: wanted, folder: folder, progress: progress, cancellation: cancellation))
        .Fit(QuickDetector.Data(_ml, 12, seed: 1));

    /// <summary>A teacher that finds everything a little elsewhere.</summary>
    private sealed class Scaled(DetectorTeacher teacher, float factor) : DetectorTeacher
    {
        public override string Name => teacher.Name;

        public override IReadOnlyList<string>? ClassNames => teacher.ClassNames;

        internal override void Validate(Faults faults) => teacher.Validate(faults);

        internal override DetectorTeacherSession Open(DetectorTeacherSettings settings) => new Session(teacher.Open(settings), factor);

        private sealed class Session(DetectorTeacherSession session, float factor) : DetectorTeacherSession
        {
            public override ImageSize? InputSize => session.InputSize;

            public override IReadOnlyList<string>? ClassNames => session.ClassNames;

            public override int ClassCount => session.ClassCount;

            public override long? ParameterCount => session.ParameterCount;

            public override long? ModelBytes => session.ModelBytes;

            public override FoundObjects Detect(Tensor pixels, IReadOnlyList<int> rows)
            {
                var found = session.Detect(pixels, rows);
                return found with { Boxes = found.Boxes * factor, Scores = found.Scores * factor };
            }

            public override void Dispose() => session.Dispose();
        }
    }
}
