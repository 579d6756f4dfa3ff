namespace Samples.RetrainingApp.Retraining;

/// <summary>Whether a new model may go into service by itself, and why in words.</summary>
/// <param name="Proven">It is not worse than the one in service, or there is none.</param>
internal sealed record Verdict(bool Proven, string Text)
{
    /// <param name="heldOut">Images both were asked about.</param>
    /// <param name="correct">Those the new one is right about.</param>
    /// <param name="before">Those the one in service is right about; null where there is none.</param>
    /// <param name="version">The one in service.</param>
    public static Verdict Of(int heldOut, int correct, int? before, long? version)
    {
        if (before is null)
            return new(true, $"The first model: there is none to compare it with. {Share(heldOut, correct)}");
        if (heldOut == 0)
            return new(false, "No images are held out yet, so that it could not be compared with the one in service.");
        var text = FormattableString.Invariant($"{correct} of {heldOut} held-out images right ({(double)correct / heldOut:P1}), {before} ({(double)before / heldOut:P1}) by version {version}, which was in service.");
        return correct >= before ? new(true, $"Not worse: {text}") : new(false, $"Worse: {text}");
    }

    private static string Share(int heldOut, int correct) => heldOut == 0
        ? "No images are held out yet."
        : FormattableString.Invariant($"{correct} of {heldOut} held-out images right ({(double)correct / heldOut:P1}).");
}
