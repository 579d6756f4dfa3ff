using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>Checks and texts that the options of several methods have in common.</summary>
internal static class MethodOptions
{
    /// <summary>A weight or another number of 0 or more.</summary>
    public static void NotNegative(this Faults faults, string option, double value) =>
        faults.AddIf(!(value >= 0 && double.IsFinite(value)), $"{option} is {value}; it must be 0 or more.");

    /// <summary>A number above 0.</summary>
    public static void Positive(this Faults faults, string option, double value) =>
        faults.AddIf(!(value > 0 && double.IsFinite(value)), $"{option} is {value}; it must be above 0.");

    /// <summary>A count.</summary>
    public static void AtLeast(this Faults faults, string option, int value, int least) =>
        faults.AddIf(value < least, $"{option} is {value}; it must be {least} or more.");

    /// <summary>A list of pairs, if given, has some.</summary>
    public static void NotEmpty(this Faults faults, string option, IReadOnlyList<StagePair>? pairs) =>
        faults.AddIf(pairs is { Count: 0 }, $"{option} is empty; name a pair of feature maps, or leave it null for the automatic ones.");

    /// <summary>Pairs as student-teacher, for logs.</summary>
    public static string Text(IReadOnlyList<StagePair>? pairs) =>
        pairs is null ? "auto" : string.Join(' ', pairs.Select(pair => $"{pair.Student}-{pair.Teacher}"));
}
