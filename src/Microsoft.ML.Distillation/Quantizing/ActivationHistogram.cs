namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>How often a tensor's values fall into each of 2048 bins of equal width between its least and greatest one, which are known beforehand.</summary>
internal sealed class ActivationHistogram(float minimum, float maximum)
{
    public const int BinCount = 2048;
    private readonly double _width = ((double)maximum - minimum) / BinCount;

    public long[] Bins { get; } = new long[BinCount];

    public float Minimum => minimum;

    public float Maximum => maximum;

    public void Add(ReadOnlySpan<float> values)
    {
        if (!(_width > 0))
            return;
        foreach (var value in values)
            Bins[Math.Clamp((int)(((double)value - minimum) / _width), 0, BinCount - 1)]++;
    }

    /// <summary>The same of the values' magnitudes, from 0 on.</summary>
    public static ActivationHistogram OfMagnitudes(float minimum, float maximum) => new(0, Math.Max(Math.Abs(minimum), Math.Abs(maximum)));

    /// <summary>The edges of bins beyond which there are at most (100 − <paramref name="percentile"/>)/2 per cent of all values on each side.</summary>
    public ActivationRange Within(double percentile)
    {
        var allowed = Bins.Sum() * (100 - percentile) / 200;
        var (first, last) = (0, BinCount - 1);
        for (double below = Bins[0]; first < last && below <= allowed; below += Bins[++first])
        {
        }
        for (double above = Bins[^1]; last > first && above <= allowed; above += Bins[--last])
        {
        }
        return new((float)(minimum + first * _width), (float)(minimum + (last + 1) * _width));
    }
}
