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
        var length = output.Floats.Length / batch;
        if (first == 0)
            joined[output.Name] = new OnnxTensor(output.Name, [rows, .. output.Shape.AsSpan(1)], new float[rows * length]);
        output.Floats.AsSpan(0, count * length).CopyTo(joined[output.Name].Floats.AsSpan(first * length));
    }
}
