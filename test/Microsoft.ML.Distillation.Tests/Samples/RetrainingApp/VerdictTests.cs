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
        var verdict = Verdict.Of(heldOut, correct, before, before is null ? null : 3);

        Assert.Equal((proven, text), (verdict.Proven, verdict.Text));
    }
}
