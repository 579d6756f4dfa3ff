using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Checkup;

/// <summary>Some of the stored images, for teachers to be tried on as they are.</summary>
/// <param name="rows">Their places in the store.</param>
internal sealed class TeacherSample(PixelStore store, IReadOnlyList<int> rows, Device device, CancellationToken cancellation)
{
    private readonly int _batch = TeacherScoring.BatchOf(store);

    /// <summary>The images' classes, from 0; empty where there are no labels.</summary>
    public IReadOnlyList<int> Labels { get; } = store.HasLabels ? [.. rows.Select(r => store.Labels[r])] : [];

    public int Count => rows.Count;

    /// <summary>A choice of the store's rows that depends on the seed alone.</summary>
    public static TeacherSample Draw(PixelStore store, int count, long seed, Device device, CancellationToken cancellation) => new(
        store, new CounterRandom(seed, RandomPurpose.TeacherSample).NextPermutation(store.Count)[..Math.Min(count, store.Count)], device, cancellation);

    /// <summary>The first of them.</summary>
    public TeacherSample First(int count) => count >= Count ? this : new TeacherSample(store, [.. rows.Take(count)], device, cancellation);

    /// <returns>For each image the class that the teacher takes for the most likely one.</returns>
    public int[] Predict(OpenedTeacher teacher, PixelChange? change) =>
        StoredPredictions.Classes(store, rows, _batch, device, (pixels, asked) => teacher.Forward(change?.Apply(pixels) ?? pixels, store, asked).Logits!, cancellation);

    /// <summary>Scores every image once.</summary>
    public TeacherOutputs Score(OpenedTeacher teacher, IReadOnlyList<double> temperatures)
    {
        var shape = teacher.Describe(store.Size);
        var outputs = new TeacherOutputs(Count, shape, temperatures);
        StoredBatches.Visit(store, rows, _batch, device, (pixels, asked, first) => Add(outputs, teacher.Forward(pixels, store, asked), first), cancellation);
        return outputs;
    }

    private static void Add(TeacherOutputs outputs, ModelOutput output, int first)
    {
        if (output.Logits is { } logits)
        {
            outputs.Finite &= logits.isfinite().all().item<bool>();
            StoredPredictions.CopyClasses(logits.detach(), outputs.Predicted.AsSpan(first));
            foreach (var softened in outputs.Softened)
            {
                var log = output.LogProbabilities(softened.Temperature).detach().to(ScalarType.Float64);
                softened.Add(-(log.exp() * log).sum().item<double>(), log.amax([1]).exp().sum().item<double>(), (int)log.shape[0]);
            }
        }
        for (var i = 0; i < outputs.Vectors.Count; i++)
        {
            // A map counts by the mean over its places, as a classifier on top of it would see it.
            var vector = i < output.Features.Count ? output.Features[i].detach().flatten(2).mean([2]) : output.Embedding!.detach();
            var values = vector.cpu().to(ScalarType.Float32).contiguous();
            MemoryMarshal.Cast<byte, float>(values.bytes).CopyTo(outputs.Vectors[i].Values.AsSpan(first * outputs.Vectors[i].Length));
        }
    }
}
