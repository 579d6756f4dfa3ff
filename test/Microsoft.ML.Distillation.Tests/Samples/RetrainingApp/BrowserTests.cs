using System.Text.RegularExpressions;
using Benchmarks.RetrainingApp;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>A person's way through the app's page, in a real browser; pictures of it go to artifacts/retraining-app.</summary>
public sealed class BrowserTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _data = new();
    private AppProcess _app = null!;
    private AppPage _page = null!;

    public async Task InitializeAsync()
    {
        // Long enough that a person, or a test, can cancel.
        _app = SmallApp.Start(_data.Path, "--epochs", "30");
        _page = await AppPage.Open(_app);
    }

    [Fact]
    public async Task DropCorrectRetrainCancelPromoteAndGoBack()
    {
        await Expect(_page.At("#summary")).ToContainTextAsync("No model is in service yet.");
        await _page.Shoot("1-nothing-yet");

        await _page.Retrain(promote: true);
        await Expect(_page.At("#course")).ToContainTextAsync("Version 1. The first model");
        await _page.ExpectInService(1);

        await _page.Drop(Drawings.Png("star", 1), "mine.png");
        await Expect(_page.At("#said")).ToContainTextAsync("says version 1");
        await Expect(_page.At("#scores tr")).ToHaveCountAsync(4);
        await _page.Shoot("2-predicted");

        await _page.At("#label").FillAsync("star");
        await _page.Click("Keep this label");
        await Expect(_page.At("#said")).ToHaveTextAsync("Kept as star.");
        await Expect(_page.At("#summary")).ToContainTextAsync("121 images, 121 of them labelled");
        await _page.Shoot("3-corrected");

        await CancelInTheMiddle();
        await _page.RetrainAndWatch(promote: false);
        await Expect(_page.At("#course")).ToContainTextAsync("Version 2.");
        await _page.Shoot("5-retrained");
        await Expect(_page.Version(2)).ToContainTextAsync(new Regex("(Not worse|Worse): "));
        await _page.Shoot("6-verdict");

        await _page.Version(2).GetByRole(AriaRole.Button).ClickAsync();
        await _page.ExpectInService(2);
        await _page.Drop(Drawings.Png("disc", 2), "another.png");
        await Expect(_page.At("#said")).ToContainTextAsync("says version 2");
        await _page.Shoot("7-promoted");

        await _page.Version(1).GetByRole(AriaRole.Button, new() { Name = "Go back to it" }).ClickAsync();
        await _page.ExpectInService(1);
        await _page.Drop(Drawings.Png("ring", 3), "third.png");
        await Expect(_page.At("#said")).ToContainTextAsync("says version 1");
        await _page.Shoot("8-gone-back");

        await _page.Drop("<script>alert(1)</script>"u8.ToArray(), "cat.jpg");
        await Expect(_page.At("#fault")).ToContainTextAsync("That is no image");
        // The refusal just now is the one fault that the browser may tell of.
        Assert.All(_page.Faults, fault => Assert.Contains("415", fault, StringComparison.Ordinal));
    }

    public async Task DisposeAsync() => await _page.DisposeAsync();

    public void Dispose()
    {
        _app.Dispose();
        _data.Dispose();
    }

    private async Task CancelInTheMiddle()
    {
        await _page.Begin(promote: true);
        await Expect(_page.At("#course")).ToContainTextAsync(new Regex(@"Training: epoch ([2-9]|1\d) "));
        await _page.Shoot("4-training");
        await _page.At("#cancel").ClickAsync();
        await Expect(_page.At("#course")).ToContainTextAsync("Cancelled; the model in service stays.");
        await Expect(_page.At("#versions tr")).ToHaveCountAsync(1);
    }
}
