using Samples.RetrainingApp.Retraining;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

public class VerdictTests
{
    [Theory]
    [InlineData(20, 18, 17, true, "Not worse: 18 of 20 held-out images right (90.0 %), 17 (85.0 %) by version 3, which was in service.")]
    [InlineData(20, 17, 17, true, "Not worse: 17 of 20 held-out images right (85.0 %), 17 (85.0 %) by version 3, which was in service.")]
    [InlineData(20, 16, 17, false, "Worse: 16 of 20 held-out images right (80.0 %), 17 (85.0 %) by version 3, which was in service.")]
    [InlineData(0, 0, 0, false, "No images are held out yet, so that it could not be compared with the one in service.")]
    [InlineData(20, 5, null, true, "The first model: there is none to compare it with. 5 of 20 held-out images right (25.0 %).")]
    [InlineData(0, 0, null, true, "The first model: there is none to compare it with. No images are held out yet.")]
    public void OnlyWhatIsNotWorseIsProven(int heldOut, int correct, int? before, bool proven, string text)
    {
        HeldOutFigure? Figure(int? count) => count is { } right && heldOut > 0 ? HeldOutFigure.OfCorrect(right, heldOut) : null;

        var verdict = Verdict.Of(Figure(correct), Figure(before), before is null ? null : 3);

        Assert.Equal((proven, text), (verdict.Proven, verdict.Text));
    }

    [Theory]
    [InlineData(.42, .40, true, "Not worse: mAP 42.0 % (mAP50 60.0 %) on 20 held-out images, 40.0 % (mAP50 60.0 %) by version 3, which was in service.")]
    [InlineData(.39, .40, false, "Worse: mAP 39.0 % (mAP50 60.0 %) on 20 held-out images, 40.0 % (mAP50 60.0 %) by version 3, which was in service.")]
    public void DetectorsAreComparedByTheirPrecision(double made, double before, bool proven, string text)
    {
        var verdict = Verdict.Of(HeldOutFigure.OfPrecision(made, .6, 20), HeldOutFigure.OfPrecision(before, .6, 20), 3);

        Assert.Equal((proven, text), (verdict.Proven, verdict.Text));
    }
}
