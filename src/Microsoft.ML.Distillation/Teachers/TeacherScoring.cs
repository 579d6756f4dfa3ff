using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>What a teacher says of stored images, as they are.</summary>
internal static class TeacherScoring
{
    /// <summary>At most so many images at a time, and so many bytes of pixels: large images make large maps.</summary>
    private const int MostImages = 256, MostBytes = 16 << 20;

    /// <summary>Rows asked for the order of classes: enough for a few of each class.</summary>
    private const int SampleRows = 500, SampleRowsPerClass = 10;

    /// <summary>Images to show a teacher at a time.</summary>
    public static int BatchOf(PixelStore store) => Math.Clamp(MostBytes / store.RowBytes, 1, MostImages);

    /// <returns>For each of <paramref name="rows"/> the most likely class.</returns>
    public static int[] Predict(OpenedTeacher teacher, PixelStore store, IReadOnlyList<int> rows, Device device, CancellationToken cancellation = default) =>
        StoredPredictions.Classes(store, rows, BatchOf(store), device, (pixels, asked) => teacher.Forward(pixels, store, asked).Logits!, cancellation);

    public static void CheckClassOrder(
        string teacherName, OpenedTeacher teacher, PixelStore store, IReadOnlyList<string> classes, int seed, Device device, CancellationToken cancellation = default)
    {
        var count = Math.Min(store.Count, Math.Max(SampleRows, SampleRowsPerClass * classes.Count));
        var rows = new CounterRandom(seed, RandomPurpose.TeacherSample).NextPermutation(store.Count)[..count];
        ClassOrderCheck.Check(teacherName, Predict(teacher, store, rows, device, cancellation), rows.Select(r => store.Labels[r]).ToArray(), classes);
    }
}
