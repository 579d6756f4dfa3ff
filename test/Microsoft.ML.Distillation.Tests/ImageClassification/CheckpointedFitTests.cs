using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Fit with a checkpoint folder, a held-out share and cancellation. Bit for bit needs one thread, which is the process's, so these run alone.</summary>
[Collection(nameof(NoParallelization))]
public sealed class CheckpointedFitTests : IDisposable
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(60);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ACancelledFitGoesOnToTheSameModel()
    {
        using var whole = Fit(new());
        Assert.ThrowsAny<OperationCanceledException>(() => FitUntil(5, new()));
        Assert.ThrowsAny<OperationCanceledException>(() => FitUntil(7, new()));

        var listener = new Listener();
        using var resumed = Fit(new() { CheckpointFolder = _folder.Path, Progress = listener });

        Assert.Equal(whole.ToOnnx(), resumed.ToOnnx());
        Assert.Equal(whole.Report.Terms["total"], resumed.Report.Terms["total"]);
        Assert.InRange(listener.Of(DistillationPhase.Training).First().Step, 8, 12);
    }

    [Fact]
    public void AFinishedFitReturnsItsModelWithoutTraining()
    {
        using var first = Fit(new() { CheckpointFolder = _folder.Path });
        var listener = new Listener();

        using var again = Fit(new() { CheckpointFolder = _folder.Path, Progress = listener });

        Assert.Equal(first.ToOnnx(), again.ToOnnx());
        Assert.Equal(first.Report.Terms["total"], again.Report.Terms["total"]);
        Assert.Equal((first.Report.Epochs, first.Report.SecondsPerEpoch), (again.Report.Epochs, again.Report.SecondsPerEpoch));
        Assert.Empty(listener.Of(DistillationPhase.Training));
    }

    // A context without a seed draws another one in every process.
    [Fact]
    public void WithoutASeedOfItsOwnTheCheckpointsIsGoneOnWith()
    {
        using var first = Fit(new() { Seed = null, CheckpointFolder = _folder.Path }, contextSeed: 3);

        using var again = Fit(new() { Seed = null, CheckpointFolder = _folder.Path }, contextSeed: 4);

        Assert.Equal(first.Report.Seed, again.Report.Seed);
        Assert.Equal(first.ToOnnx(), again.ToOnnx());
    }

    [Fact]
    public void OtherRowsAndOptionsAreRefused()
    {
        using var first = Fit(new() { CheckpointFolder = _folder.Path });

        var rows = Assert.Throws<InvalidOperationException>(() => Fit(new() { CheckpointFolder = _folder.Path }, Rows.Take(57).ToList())).Message;
        var student = Assert.Throws<InvalidOperationException>(() => Fit(new() { CheckpointFolder = _folder.Path, Student = ImageClassifier.ResNet14 })).Message;

        Assert.Contains("Training images: '60 of 8×8, content ", rows, StringComparison.Ordinal);
        Assert.Contains("' then, '57 of 8×8, content ", rows, StringComparison.Ordinal);
        Assert.Contains("Student: '", student, StringComparison.Ordinal);
    }

    // The folder is tried before any image is read.
    [Fact]
    public void AFolderThatCantBeMadeFailsAtOnce()
    {
        File.WriteAllText(_folder["file"], "");
        var listener = new Listener();

        Assert.Throws<IOException>(() => Fit(new() { CheckpointFolder = Path.Combine(_folder["file"], "run"), Progress = listener }));

        Assert.Empty(listener.Heard);
    }

    [Fact]
    public void ACancelledFitReturnsTheBestModelSoFarWhereAskedTo()
    {
        using var model = FitUntil(6, new() { CheckpointFolder = null, OnCancellation = CancellationResult.ReturnBest, ValidationFraction = .2 });

        Assert.Equal(2, model.Report.Epochs);
        Assert.Equal(2, model.Report.ValidationAccuracy.Count);
        Assert.Equal(60, model.Transform(Drawn.View(new MLContext(1), Rows)).GetColumn<float[]>("Score").Count());
    }

    [Fact]
    public void AShareIsHeldOutAndMeasured()
    {
        using var model = Fit(new() { ValidationFraction = .2 });

        Assert.Equal((48, 12, 4), (model.Report.TrainingRows, model.Report.ValidationRows, model.Report.ValidationAccuracy.Count));
        Assert.Equal("0.2", model.Report.Options["ValidationFraction"]);
    }

    [Fact]
    public void EarlyStoppingNeedsSomethingToMeasureOn()
    {
        Assert.Contains(
            "EarlyStopping is set, and there is nothing to measure on", Assert.Throws<ArgumentException>(() => Fit(new() { EarlyStopping = new() })).Message, StringComparison.Ordinal);
        var ml = new MLContext(1);
        var data = Drawn.View(ml, Rows);
        Assert.Contains(
            "ValidationFraction is above 0, and there is a validation set",
            Assert.Throws<ArgumentException>(() => ml.DistillImageClassification(new() { ValidationFraction = .2 }).Fit(data, data)).Message, StringComparison.Ordinal);
    }

    private ImageClassificationDistillationTransformer FitUntil(int step, Change change)
    {
        using var source = new CancellationTokenSource();
        var steps = 0;
        var listener = new Listener(p =>
        {
            if (p.Phase == DistillationPhase.Training && p.Step >= step && steps++ == 0)
                source.Cancel();
        });
        return Fit(change with { CheckpointFolder = change.OnCancellation == CancellationResult.Throw ? _folder.Path : change.CheckpointFolder, Progress = listener, Cancellation = source.Token });
    }

    private static ImageClassificationDistillationTransformer Fit(Change change, IReadOnlyList<DrawnRow>? rows = null, int contextSeed = 1)
    {
        var ml = new MLContext(contextSeed);
        return ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Student = change.Student,
            ImageSize = Quick.Size,
            Epochs = 4,
            BatchSize = 20,
            Threads = 1,
            Seed = change.Seed,
            ValidationFraction = change.ValidationFraction,
            EarlyStopping = change.EarlyStopping,
            CheckpointFolder = change.CheckpointFolder,
            Checkpoints = new() { EverySteps = 1 },
            OnCancellation = change.OnCancellation,
            Progress = change.Progress,
            CancellationToken = change.Cancellation,
        }).Fit(Drawn.View(ml, rows ?? Rows));
    }

    /// <summary>What a test has otherwise.</summary>
    private sealed record Change
    {
        public ImageClassifier Student { get; init; } = ImageClassifier.ResNet8;

        public int? Seed { get; init; } = 7;

        public double ValidationFraction { get; init; }

        public EarlyStoppingOptions? EarlyStopping { get; init; }

        public string? CheckpointFolder { get; init; }

        public CancellationResult OnCancellation { get; init; }

        public Listener? Progress { get; init; }

        public CancellationToken Cancellation { get; init; }
    }
}
