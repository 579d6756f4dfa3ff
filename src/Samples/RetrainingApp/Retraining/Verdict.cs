namespace Samples.RetrainingApp.Retraining;

/// <summary>Whether a new model may go into service by itself, and why in words.</summary>
/// <param name="Proven">It is not worse than the one in service, or there is none.</param>
internal sealed record Verdict(bool Proven, string Text)
{
    private const string Unmeasured = "No images are held out yet";

    /// <param name="made">The new one's figure; null where nothing is held out that it could be measured by.</param>
    /// <param name="before">That of the one in service, on the same images.</param>
    /// <param name="version">The one in service; null where there is none.</param>
    public static Verdict Of(HeldOutFigure? made, HeldOutFigure? before, long? version)
    {
        if (version is null)
            return new(true, $"The first model: there is none to compare it with. {made?.Text ?? Unmeasured}.");
        if (made is null || before is null)
            return new(false, $"{Unmeasured}, so that it could not be compared with the one in service.");
        var text = $"{made.Text}, {before.Short} by version {version}, which was in service.";
        return made.Value >= before.Value ? new(true, $"Not worse: {text}") : new(false, $"Worse: {text}");
    }
}
