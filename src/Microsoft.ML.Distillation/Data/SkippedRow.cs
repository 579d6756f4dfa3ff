namespace Microsoft.ML.Distillation;

/// <summary>A row that was left out of a run, because <see cref="BadImages.Skip"/> says so.</summary>
/// <param name="Data">Which data it belongs to: <c>training</c> or <c>validation</c>.</param>
/// <param name="Row">Its place in that data view, from 0.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Source">Where its image comes from: the file that LoadImages read, or the row's text in a column such as <c>ImagePath</c>; null where neither is known.</param>
public sealed record SkippedRow(string Data, long Row, string Reason, string? Source)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"row {Row}{(Source is null ? "" : $" ({Source})")}: {Reason}.");
}
