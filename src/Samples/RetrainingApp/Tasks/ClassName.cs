using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Tasks;

/// <summary>What people may call a class.</summary>
internal static class ClassName
{
    private const int Longest = 64;

    /// <exception cref="Refusal">It is no name.</exception>
    public static string Checked(string? name)
    {
        var trimmed = name?.Trim() ?? "";
        if (trimmed.Length is 0 or > Longest || trimmed.Any(char.IsControl))
            throw new Refusal(StatusCodes.Status400BadRequest, $"A label has 1 to {Longest} characters, without control characters.");
        return trimmed;
    }
}
