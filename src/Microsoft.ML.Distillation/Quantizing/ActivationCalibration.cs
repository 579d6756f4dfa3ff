using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>Runs images through a float model and chooses the range of each tensor from what they give.</summary>
internal sealed class ActivationCalibration(OnnxModelFile file, IReadOnlyList<string> tensors, ImageBatches images, int threads)
{
    public IReadOnlyDictionary<string, ActivationRange> Run(Int8Options options)
    {
        var input = file.Inputs[0].Name;
        var inner = tensors.Where(t => t != input).ToList();
        using var runner = inner.Count == 0 ? null : new OnnxRunner(file.WithOutputs(inner).ToBytes(), file.Source, threads);
        var ranges = new Dictionary<string, ActivationRange>();
        Look((name, values) => ranges[name] = Joined(name, ranges.TryGetValue(name, out var range) ? range : null, values));
        if (options.Calibration == CalibrationMethod.MinMax)
            return ranges;
        var entropy = options.Calibration == CalibrationMethod.Entropy;
        var histograms = ranges.ToDictionary(r => r.Key, r => entropy ? ActivationHistogram.OfMagnitudes(r.Value.Minimum, r.Value.Maximum) : new(r.Value.Minimum, r.Value.Maximum));
        // Zeros, of which a ReLU makes many, have a level of their own whatever the range: they say nothing of where to clip.
        Look((name, values) => histograms[name].Add(entropy ? [.. values.Where(v => v != 0).Select(Math.Abs)] : values));
        return histograms.ToDictionary(h => h.Key, h => entropy ? Clipped(h.Value, ranges[h.Key]) : h.Value.Within(options.Percentile));

        void Look(Action<string, float[]> see)
        {
            foreach (var (pixels, shape) in images.All())
            {
                if (tensors.Contains(input))
                    see(input, pixels);
                foreach (var tensor in runner?.Run(pixels, shape, inner) ?? [])
                    see(tensor.Name, tensor.Floats);
            }
        }
    }

    private static ActivationRange Clipped(ActivationHistogram magnitudes, ActivationRange range)
    {
        var threshold = magnitudes.Maximum * ((float)EntropyThreshold.Choose(magnitudes.Bins) / ActivationHistogram.BinCount);
        return new(Math.Max(range.Minimum, -threshold), Math.Min(range.Maximum, threshold));
    }

    private ActivationRange Joined(string name, ActivationRange? range, float[] values)
    {
        var (low, high) = range is { } known ? (known.Minimum, known.Maximum) : (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                throw new InvalidDataException(FormattableString.Invariant($"{file.Source}: '{name}' is {value} for a calibration image, so that the model can't be quantised: its weights are damaged, or it was not trained."));
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }
        return new(low, high);
    }
}
