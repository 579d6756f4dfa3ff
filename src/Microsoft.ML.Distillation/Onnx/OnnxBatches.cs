namespace Microsoft.ML.Distillation.Onnx;

/// <summary>Runs any number of images through a model, in the batches it takes: the last one is filled up with zeros, and its results are cut.</summary>
internal static class OnnxBatches
{
    /// <param name="shape">Of all images: their number first.</param>
    /// <param name="batch">The only number of images the model takes at a time; null for any.</param>
    /// <returns>The outputs by name, for all images.</returns>
    public static IReadOnlyDictionary<string, OnnxTensor> Run(
        OnnxRunner runner, ReadOnlySpan<float> images, ReadOnlySpan<long> shape, int? batch, IReadOnlyList<string> outputs)
    {
        var rows = (int)shape[0];
        if (batch is not { } size || size == rows)
            return runner.Run(images, shape, outputs).ToDictionary(o => o.Name);
        var (length, joined) = (images.Length / rows, new Dictionary<string, OnnxTensor>());
        var padded = new float[size * length];
        for (var first = 0; first < rows; first += size)
        {
            var count = Math.Min(size, rows - first);
            var part = images.Slice(first * length, count * length);
            if (count < size)
            {
                Array.Clear(padded);
                part.CopyTo(padded);
                part = padded;
            }
            foreach (var output in runner.Run(part, [size, .. shape[1..]], outputs))
                Append(joined, output, first, count, rows, size);
        }
        return joined;
    }

    private static void Append(Dictionary<string, OnnxTensor> joined, OnnxTensor output, int first, int count, int rows, int batch)
    {
        if (output.Shape is not [var given, ..] || given != batch)
        {
            joined[output.Name] = output; // not a row for each image: whoever reads it says so
            return;
        }
        var all = first == 0 ? joined[output.Name] = Empty(output, [rows, .. output.Shape.AsSpan(1)], batch) : joined[output.Name];
        if (output.IsInteger)
            Append(output.Integers, all.Integers, first, count, batch);
        else
            Append(output.Floats, all.Floats, first, count, batch);
    }

    private static OnnxTensor Empty(OnnxTensor like, long[] shape, int batch) => like.IsInteger
        ? new(like.Name, shape, new long[shape[0] * (like.Integers.Length / batch)])
        : new(like.Name, shape, new float[shape[0] * (like.Floats.Length / batch)]);

    private static void Append<T>(T[] part, T[] all, int first, int count, int batch)
    {
        var length = part.Length / batch;
        part.AsSpan(0, count * length).CopyTo(all.AsSpan(first * length));
    }
}
