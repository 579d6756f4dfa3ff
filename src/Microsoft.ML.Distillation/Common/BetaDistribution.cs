namespace Microsoft.ML.Distillation.Common;

/// <summary>Numbers from a symmetric beta distribution.</summary>
internal static class BetaDistribution
{
    /// <summary>
    /// A number of Beta(α, α), in 0…1: the share of one gamma variate in two. In logarithms, since with a small α both are often too small for a double.
    /// </summary>
    public static double Draw(ref CounterRandom random, double alpha)
    {
        var (first, second) = (LogGamma(ref random, alpha), LogGamma(ref random, alpha));
        return 1 / (1 + Math.Exp(second - first));
    }

    /// <summary>The logarithm of a Gamma(shape, 1) variate (Marsaglia, Tsang: "A simple method for generating gamma variables", 2000; below 1 by its section 6).</summary>
    private static double LogGamma(ref CounterRandom random, double shape)
    {
        if (shape < 1)
            return LogGamma(ref random, shape + 1) + Math.Log(1 - random.NextDouble()) / shape;
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.NextGaussian();
            var v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < .5 * x * x + d - d * v + d * Math.Log(v))
                return Math.Log(d * v);
        }
    }
}
