namespace Microsoft.ML.Distillation.Common;

/// <summary>What a random number is for: part of its key, so that no two uses ever share a stream.</summary>
internal enum RandomPurpose
{
    InitialWeights = 1,
    RowOrder = 2,
    Augmentation = 3,
    TeacherSample = 4,
    HelperWeights = 5,
    Companion = 6,
    Mixing = 7,
    Negatives = 8,
    HeldOutRows = 9,
    Anchors = 16,
    WeightNoise = 17,
}

/// <summary>
/// Random numbers as a function of (seed, purpose, a, b) and of how many were drawn before from this very key: nothing is shared, so
/// order, workers, caching and resuming can't change what a row or a weight gets.
/// </summary>
internal struct CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _counter;
    private double _spareGaussian = double.NaN;

    public CounterRandom(long seed, RandomPurpose purpose, long a = 0, long b = 0)
    {
        var key = Mix(unchecked((ulong)seed) + Golden);
        key = Mix(key ^ unchecked((ulong)purpose * Golden));
        key = Mix(key ^ unchecked((ulong)a + 2 * Golden));
        _counter = Mix(key ^ unchecked((ulong)b + 3 * Golden));
    }

    public ulong NextBits() => Mix(_counter += Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 … <paramref name="exclusiveMaximum"/> − 1.</summary>
    public int NextInt(int exclusiveMaximum) => (int)(((NextBits() >> 32) * (ulong)exclusiveMaximum) >> 32);

    /// <summary>Standard normal, by Box and Muller's transform; both values of a pair are used.</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spareGaussian))
        {
            var spare = _spareGaussian;
            _spareGaussian = double.NaN;
            return spare;
        }
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        var (sin, cos) = Math.SinCos(2 * Math.PI * NextDouble());
        _spareGaussian = radius * sin;
        return radius * cos;
    }

    /// <summary>A permutation of 0 … <paramref name="count"/> − 1 (Fisher and Yates).</summary>
    public int[] NextPermutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = NextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
