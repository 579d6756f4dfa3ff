namespace Samples.Common.Drawing;

/// <summary>Random numbers that are a function of (seed, stream, counter) alone, so that image 17 is the same however many are drawn.</summary>
internal struct CountedRandom(ulong seed, ulong stream, ulong counter)
{
    private ulong _state = Mix(Mix(Mix(seed) ^ stream) ^ counter);

    /// <summary>Uniform in [0, 1).</summary>
    public float Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return (Mix(_state) >> 40) * (1f / (1 << 24));
    }

    public float Between(float low, float high) => low + (high - low) * Next();

    /// <summary>Uniform in 0 … count − 1.</summary>
    public int Index(int count) => Math.Min((int)(Next() * count), count - 1);

    /// <summary>Normal with mean 0 and deviation 1 (Box and Muller).</summary>
    public float Normal() => MathF.Sqrt(-2 * MathF.Log(1 - Next())) * MathF.Cos(MathF.Tau * Next());

    // SplitMix64's finaliser (Steele, Lea, Flood 2014): every bit of the input reaches every bit of the output.
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
