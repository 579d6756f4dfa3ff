using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>What a run says while it goes on, and how it is stopped. The console belongs to the process, so these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class ProgressTests
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(48);

    [Fact]
    public void EveryPhaseIsReportedInTurn()
    {
        var listener = new Listener();
        var ml = new MLContext(seed: 1);
        using var student = ml.DistillImageClassification(Quick.Options(ColourTeacher.Named(Drawn.Classes), progress: listener)).Fit(Drawn.View(ml, Rows), Drawn.View(ml, Rows));

        Assert.Equal(
            [
                DistillationPhase.CheckingTeacher, DistillationPhase.LoadingImages, DistillationPhase.Training, DistillationPhase.Validating,
                DistillationPhase.Training, DistillationPhase.Validating, DistillationPhase.Exporting,
            ],
            Runs(listener.Heard.Select(p => p.Phase)));
    }

    [Fact]
    public void TrainingTellsStepsTermsAndPace()
    {
        var listener = new Listener();
        using var student = Quick.Fit(Quick.Options(ColourTeacher.Named(Drawn.Classes), progress: listener), Rows);

        var (first, last) = (listener.Of(DistillationPhase.Training).First(p => p.Epoch == 1), listener.Of(DistillationPhase.Training).Last());
        Assert.Equal((2, 2, 6, 6, .05), (last.Epoch, last.Epochs, last.Step, last.Steps, last.LearningRate));
        Assert.Equal(["kd", "task", "total"], last.Terms.Keys.Order());
        Assert.Equal(student.Report.Terms.ToDictionary(t => t.Key, t => t.Value[^1]), last.Terms);
        Assert.True(last.ImagesPerSecond > 0);
        Assert.Equal(TimeSpan.Zero, last.Remaining);
        Assert.Equal((1, 6), (first.Epoch, first.Steps));
        Assert.True(first.Remaining > TimeSpan.Zero);
    }

    [Fact]
    public void TheLogHearsAndTheConsoleDoesNot()
    {
        var (output, error) = (Console.Out, Console.Error);
        using var console = new StringWriter();
        var lines = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Info && e.Source.Contains("Distillation", StringComparison.Ordinal))
                lines.Add(e.RawMessage);
        };
        try
        {
            Console.SetOut(console);
            Console.SetError(console);
            using var student = ml.DistillImageClassification(Quick.Options(ColourTeacher.Named(Drawn.Classes))).Fit(Drawn.View(ml, Rows), Drawn.View(ml, Rows));
            student.Transform(Drawn.View(ml, Rows)).Preview(1);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        Assert.Equal("", console.ToString());
        Assert.Contains("Opening the teacher: ONNX teacher (from bytes).", lines);
        Assert.Contains("Reading the training images at 8×8 pixels.", lines);
        Assert.Contains("Reading the validation images at 8×8 pixels.", lines);
        Assert.Contains("Training: 2 epochs of 3 batches of 16 images.", lines);
        Assert.Contains(lines, line => line.StartsWith("Epoch 2 of 2: task ", StringComparison.Ordinal) && line.EndsWith(" images/s.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Epoch 2 of 2: validation accuracy ", StringComparison.Ordinal));
    }

    // An epoch of one batch is reported at every step.
    [Fact]
    public void CancellationStopsAfterTheBatchInHand()
    {
        using var source = new CancellationTokenSource();
        var listener = new Listener(p =>
        {
            if (p is { Phase: DistillationPhase.Training, Step: 3 })
                source.Cancel();
        });

        var options = Quick.Options(epochs: 100, batch: 48, progress: listener, cancellation: source.Token);

        Assert.ThrowsAny<OperationCanceledException>(() => Quick.Fit(options, Rows));
        Assert.Equal((DistillationPhase.Training, 3), (listener.Heard[^1].Phase, listener.Heard[^1].Step));
    }

    [Fact]
    public void CancellationStopsReading()
    {
        using var source = new CancellationTokenSource();
        var read = 0;
        var ml = new MLContext(seed: 1);
        IEnumerable<DrawnRow> Endless()
        {
            for (; ; read++)
            {
                if (read == 20)
                    source.Cancel();
                yield return Rows[read % Rows.Count];
            }
        }
        var data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(ml.Data.LoadFromEnumerable(Rows)).Transform(ml.Data.LoadFromEnumerable(Endless()));

        Assert.ThrowsAny<OperationCanceledException>(() => ml.DistillImageClassification(Quick.Options(cancellation: source.Token)).Fit(data));
        Assert.Equal(20, read);
    }

    // The teacher's classes are in another order, which its check would find.
    [Fact]
    public void CancellationStopsTheCheckOfATeachersClasses()
    {
        using var source = new CancellationTokenSource();
        var ml = new MLContext(seed: 1);
        IEnumerable<DrawnRow> CancelledAtItsEnd()
        {
            foreach (var row in Rows)
                yield return row;
            source.Cancel();
        }
        var data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(ml.Data.LoadFromEnumerable(Rows)).Transform(ml.Data.LoadFromEnumerable(CancelledAtItsEnd()));
        var trainer = ml.DistillImageClassification(Quick.Options(ColourTeacher.Unnamed("blue", "green", "red"), cancellation: source.Token));

        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Fit(data));
    }

    private static List<DistillationPhase> Runs(IEnumerable<DistillationPhase> phases)
    {
        var runs = new List<DistillationPhase>();
        foreach (var phase in phases)
        {
            if (runs.Count == 0 || runs[^1] != phase)
                runs.Add(phase);
        }
        return runs;
    }
}
