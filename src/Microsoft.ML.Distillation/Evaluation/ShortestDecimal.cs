using System.Globalization;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>The decimal number somebody wrote who got a float: of all that round to it the shortest.</summary>
internal static class ShortestDecimal
{
    private const double Largest = 1e15;

    /// <exception cref="InvalidDataException">No such number is a coordinate: not finite, or 10¹⁵ and more.</exception>
    public static decimal Of(float value)
    {
        if (!(Math.Abs(value) < Largest))
            throw NoCoordinate(value);
        Span<char> digits = stackalloc char[32];
        value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return decimal.Parse(digits[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>Of a double to 15 digits.</summary>
    /// <exception cref="InvalidDataException">No such number is a coordinate: not finite, or 10¹⁵ and more.</exception>
    public static decimal Of(double value)
    {
        if (!(Math.Abs(value) < Largest))
            throw NoCoordinate(value);
        return (decimal)value;
    }

    private static InvalidDataException NoCoordinate(IFormattable value) => new($"{value.ToString(null, CultureInfo.InvariantCulture)} is not a coordinate");
}
