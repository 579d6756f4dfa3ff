using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Distillation;

namespace Benchmarks;

/// <summary>Trains for many steps, then predicts many times from several threads, and sees that memory and handles stay flat and every score is right.</summary>
/// <param name="time">Go on for so long instead, two thirds of it in training; null for the numbers.</param>
internal sealed class SoakRun(int steps, int predictions, int threads, TimeSpan? time, CancellationToken cancellation)
{
    private const int Rows = 800, BatchSize = 8, StepsPerEpoch = Rows / BatchSize, CheckpointEvery = 500;
    private const double TrainingShare = 2 / 3.0;
    private readonly MLContext _ml = new(seed: 1);

    public bool Carry()
    {
        var folder = Directory.CreateTempSubdirectory("distillation-soak-");
        try
        {
            using var model = Train(folder.FullName, out var fault);
            fault ??= new SoakPredictions(_ml, model, predictions, threads, time * (1 - TrainingShare), cancellation).Carry();
            if (fault is not null)
            {
                Console.Error.WriteLine($"error: {fault}");
                return false;
            }
            Console.Out.WriteLine("Memory and handles stayed flat, and every score was right.");
            return true;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>An ONNX teacher, a method on logits and one on maps, checkpoints, averages: what long runs have.</summary>
    private ImageClassificationDistillationTransformer Train(string folder, out string? fault)
    {
        var rows = _ml.Data.LoadFromEnumerable(SoakRow.Draw(Rows));
        var data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);
        using var first = _ml.DistillImageClassification(Options(1)).Fit(data);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = new Watch(steps, time * TrainingShare, limit);
        var model = _ml.DistillImageClassification(Options(time is null ? (steps + StepsPerEpoch - 1) / StepsPerEpoch : int.MaxValue / StepsPerEpoch, first, folder, watch, limit.Token)).Fit(data);
        cancellation.ThrowIfCancellationRequested();
        fault = watch.Judge();
        return model;
    }

    private static ImageClassificationDistillationOptions Options(
        int epochs, ImageClassificationDistillationTransformer? teacher = null, string? folder = null, IProgress<DistillationProgress>? progress = null, CancellationToken cancellation = default) => new()
        {
            Student = ImageClassifier.ResNet8,
            Teacher = teacher is null ? null : OnnxTeacher.FromBytes(teacher.ToOnnx()),
            Methods = teacher is null ? [] : [new KnowledgeDistillation(), new AttentionTransfer()],
            ImageSize = new(8, 8),
            BatchSize = BatchSize,
            Epochs = epochs,
            Augmentation = new ImageAugmentation { CropPadding = 1, Mixup = .4 },
            WeightAverage = new() { WarmUpSteps = 20 },
            Threads = 1,
            Seed = 1,
            CheckpointFolder = folder,
            Checkpoints = new() { EverySteps = CheckpointEvery },
            Progress = progress,
            OnCancellation = CancellationResult.ReturnBest,
            CancellationToken = cancellation,
        };

    /// <summary>Looks, now and then, on the very thread that trains, and ends the training when its time is over.</summary>
    private sealed class Watch(int steps, TimeSpan? time, CancellationTokenSource limit) : IProgress<DistillationProgress>
    {
        private static readonly TimeSpan Between = TimeSpan.FromSeconds(.2);
        private readonly Flatness _flatness = new("Training");
        private readonly Stopwatch _clock = new();
        private TimeSpan _last;
        private long _step;

        public void Report(DistillationProgress value)
        {
            if (value.Phase != DistillationPhase.Training || value.Step == 0)
                return;
            _clock.Start();
            _step = value.Step;
            if (_clock.Elapsed - _last < Between)
                return;
            _flatness.Sample(time is { } whole ? _clock.Elapsed / whole : value.Step / (double)steps);
            _last = _clock.Elapsed;
            if (_clock.Elapsed >= time)
                limit.Cancel();
        }

        public string? Judge()
        {
            Console.Out.WriteLine(FormattableString.Invariant($"Training: {_step} steps in {_clock.Elapsed.TotalSeconds:0} s."));
            return _flatness.Judge();
        }
    }
}
