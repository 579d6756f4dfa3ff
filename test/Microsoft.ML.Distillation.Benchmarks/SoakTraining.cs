using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Distillation;
using Microsoft.ML.Runtime;

namespace Benchmarks;

/// <summary>
/// A run of a few seconds that says on its standard output what it does, a line each: where it goes on from, which step's checkpoint it begins to write, and at last the hash of its model.
/// </summary>
internal static class SoakTraining
{
    public const string Resumed = "Going on from step ", Saving = "saving ", Done = "done ";

    /// <param name="folder">For checkpoints; null for none.</param>
    public static void Run(string? folder)
    {
        var ml = new MLContext(seed: 1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning || e.RawMessage.StartsWith(Resumed, StringComparison.Ordinal))
                Console.Out.WriteLine(e.RawMessage);
        };
        var rows = ml.Data.LoadFromEnumerable(SoakRow.Draw(96));
        var data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);
        using var model = ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            // Large enough that a checkpoint takes a while to write, with helpers, averages and measuring: all that a checkpoint can hold.
            Student = ImageClassifier.ResNet8x4,
            Methods = { new BeYourOwnTeacher() },
            ImageSize = new(8, 8),
            BatchSize = 16,
            Epochs = 10,
            Augmentation = new ImageAugmentation { CropPadding = 1, Mixup = .4 },
            WeightAverage = new() { WarmUpSteps = 20 },
            ValidationFraction = .25,
            Threads = 1,
            Seed = 1,
            CheckpointFolder = folder,
            Checkpoints = new() { EverySteps = 2 },
            Progress = new Teller(),
        }).Fit(data);
        Console.Out.WriteLine(Done + Convert.ToHexString(SHA256.HashData(model.ToOnnx())));
    }

    /// <summary>Speaks on the very thread that trains (<see cref="Progress{T}"/> would queue it).</summary>
    private sealed class Teller : IProgress<DistillationProgress>
    {
        public void Report(DistillationProgress value)
        {
            if (value.Phase == DistillationPhase.SavingCheckpoint)
                Console.Out.WriteLine(FormattableString.Invariant($"{Saving}{value.Step}"));
        }
    }
}
