using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>What a teacher says of stored images, as they are.</summary>
internal static class TeacherScoring
{
    private const int Batch = 128;

    /// <summary>Rows asked for the order of classes: enough for a few of each class.</summary>
    private const int SampleRows = 500, SampleRowsPerClass = 10;

    /// <returns>For each of <paramref name="rows"/> the most likely class.</returns>
    public static int[] Predict(OpenedTeacher teacher, PixelStore store, IReadOnlyList<int> rows, Device device, CancellationToken cancellation = default)
    {
        var predicted = new int[rows.Count];
        var pixels = new byte[checked(Math.Min(Batch, rows.Count) * store.RowBytes)];
        for (var first = 0; first < rows.Count; first += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(Batch, rows.Count - first);
            for (var i = 0; i < count; i++)
                store.Pixels(rows[first + i]).CopyTo(pixels.AsSpan(i * store.RowBytes));
            var asked = rows.Skip(first).Take(count).ToArray();
            var best = teacher.Forward(PixelTensor.Create(pixels, count, store.Size, device), asked).Logits!.argmax(1).cpu();
            for (var i = 0; i < count; i++)
                predicted[first + i] = (int)best[i].item<long>();
        }
        return predicted;
    }

    public static void CheckClassOrder(
        string teacherName, OpenedTeacher teacher, PixelStore store, IReadOnlyList<string> classes, int seed, Device device, CancellationToken cancellation = default)
    {
        var count = Math.Min(store.Count, Math.Max(SampleRows, SampleRowsPerClass * classes.Count));
        var rows = new CounterRandom(seed, RandomPurpose.TeacherSample).NextPermutation(store.Count)[..count];
        ClassOrderCheck.Check(teacherName, Predict(teacher, store, rows, device, cancellation), rows.Select(r => store.Labels[r]).ToArray(), classes);
    }
}
