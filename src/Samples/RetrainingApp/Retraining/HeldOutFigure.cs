namespace Samples.RetrainingApp.Retraining;

/// <summary>How well a model does on the images that are held out.</summary>
/// <param name="Value">0…1, the more the better.</param>
/// <param name="Text">It, with what it was measured on.</param>
/// <param name="Short">It alone, where that was said before.</param>
/// <param name="Correct">Images it is right about, where that can be counted.</param>
internal sealed record HeldOutFigure(double Value, string Text, string Short, int Correct = 0)
{
    public static HeldOutFigure OfCorrect(int correct, int heldOut)
    {
        var share = (double)correct / heldOut;
        return new(share, FormattableString.Invariant($"{correct} of {heldOut} held-out images right ({share:P1})"), FormattableString.Invariant($"{correct} ({share:P1})"), correct);
    }

    /// <param name="precision">mAP 50:95.</param>
    /// <param name="precision50">mAP 50.</param>
    public static HeldOutFigure OfPrecision(double precision, double precision50, int heldOut)
    {
        var figures = FormattableString.Invariant($"{precision:P1} (mAP50 {precision50:P1})");
        return new(precision, FormattableString.Invariant($"mAP {figures} on {heldOut} held-out images"), figures);
    }
}
