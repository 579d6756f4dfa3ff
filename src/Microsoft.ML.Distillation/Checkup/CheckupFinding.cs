using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation;

/// <summary>How much a finding matters.</summary>
public enum CheckupSeverity
{
    /// <summary>A measurement, and nothing wrong with it.</summary>
    Info,

    /// <summary>Something that most likely makes the student worse than it could be, or the run useless.</summary>
    Warning,
}

/// <summary>One thing that the check-up of a teacher, or of a run, has found.</summary>
/// <param name="Code">What was looked at, the same in every version: <c>teacher-accuracy</c>, <c>normalization</c>, <c>channel-order</c>, <c>class-order</c>, <c>class-names</c>, <c>outputs</c>,
/// <c>temperature</c>, <c>features</c>, <c>teacher-gain</c>, <c>gradient-conflict</c>, <c>engine</c>.</param>
/// <param name="Severity">Whether something is wrong.</param>
/// <param name="Measured">What was measured, in a line.</param>
/// <param name="Remedy">What to do about it, in a line; null where nothing needs doing.</param>
public sealed record CheckupFinding(string Code, CheckupSeverity Severity, string Measured, string? Remedy = null)
{
    /// <summary>The remedy of a <c>normalization</c> warning as a program can take it: what to give the teacher.</summary>
    /// <value>Null for all other findings.</value>
    public ImageNormalization? Normalization { get; init; }

    /// <summary>The remedy of a <c>class-order</c> warning as a program can take it: the teacher's class names in the order of its outputs.</summary>
    /// <value>Null for all other findings.</value>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>The finding as a line of a log.</summary>
    /// <returns>Code, measurement and remedy.</returns>
    public override string ToString() => Remedy is null ? $"{Code}: {Measured}" : $"{Code}: {Measured} {Remedy}";

    internal void Log(IChannel channel)
    {
        if (Severity == CheckupSeverity.Warning)
            channel.Warning(MessageSensitivity.None, ToString());
        else
            channel.Info(MessageSensitivity.None, ToString());
    }

    internal static CheckupFinding Info(string code, FormattableString measured) => new(code, CheckupSeverity.Info, FormattableString.Invariant(measured));

    internal static CheckupFinding Warning(string code, FormattableString measured, string remedy) => new(code, CheckupSeverity.Warning, FormattableString.Invariant(measured), remedy);
}
