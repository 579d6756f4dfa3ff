namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>Student's t distribution for whole degrees of freedom ν: by its finite series, so exact but for rounding.</summary>
/// <remarks>Abramowitz, Stegun: "Handbook of mathematical functions", 1964, 26.7.3 and 26.7.4.</remarks>
internal static class StudentT
{
    /// <summary>The t with P(|T| ≤ t) = <paramref name="confidence"/>: half the width of a two-sided interval, in standard errors.</summary>
    /// <param name="confidence">Above 0 and below 1.</param>
    /// <param name="degrees">ν, at least 1.</param>
    public static double TwoSided(double confidence, int degrees)
    {
        if (!(confidence > 0 && confidence < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence is above 0 and below 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        // Over the angle θ with tan θ = t / √ν the share rises from 0 to 1 on a bounded range: halving it finds the one root to the last bit.
        var (low, high) = (0.0, Math.PI / 2);
        while (true)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
                return Math.Sqrt(degrees) * Math.Tan(middle);
            (low, high) = ShareAtAngle(middle, degrees) < confidence ? (middle, high) : (low, middle);
        }
    }

    /// <summary>P(|T| ≤ t).</summary>
    public static double Share(double t, int degrees) => ShareAtAngle(Math.Atan(Math.Abs(t) / Math.Sqrt(degrees)), degrees);

    private static double ShareAtAngle(double angle, int degrees)
    {
        var (sine, cosine) = Math.SinCos(angle);
        var odd = degrees % 2 == 1;
        var (sum, term) = (0.0, odd ? cosine : 1.0);
        for (var power = odd ? 1 : 0; power <= degrees - 2; power += 2)
        {
            sum += term;
            term *= cosine * cosine * (power + 1) / (power + 2);
        }
        return odd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
    }
}
