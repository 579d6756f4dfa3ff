using System.Numerics;

namespace Microsoft.ML.Trainers;

internal static class VectorMath
{
    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = Vector<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
            sum += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        double total = Vector.Sum(sum);
        for (; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }

    /// <summary>target += factor · source</summary>
    internal static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> source)
    {
        int i = 0;
        for (; i <= target.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(target[i..]) + factor * new Vector<double>(source[i..])).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] += factor * source[i];
    }

    internal static void Scale(Span<double> target, double factor)
    {
        for (int i = 0; i < target.Length; i++)
            target[i] *= factor;
    }
}
