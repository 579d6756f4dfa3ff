using System.Globalization;

namespace Samples.Common;

/// <summary>How much of its demonstration a sample does that is given no data: all of it, or, to see that it runs, a share of the images that it draws and of the epochs.</summary>
internal static class DemoShare
{
    /// <summary>The environment variable with the share, above 0 and up to 1.</summary>
    public const string Variable = "SAMPLE_SHARE";

    /// <param name="least">What there is in any case, so that every class is seen.</param>
    /// <exception cref="OptionException">The variable holds no share.</exception>
    public static int Of(int all, int least = 1)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text)
            return all;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is > 0 and <= 1
            ? Math.Min(all, Math.Max(least, (int)Math.Round(share * all)))
            : throw new OptionException($"The environment variable {Variable} is '{text}'; expected a number above 0, up to 1, such as .05.");
    }
}
