using System.Globalization;
using System.Text.RegularExpressions;
using Benchmarks.RetrainingApp;
using Microsoft.ML.Distillation.Tests.Reports.Page;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>A person's way through the app's page, in a real browser; pictures of it go to artifacts/retraining-app.</summary>
public sealed class BrowserTests : IAsyncLifetime, IDisposable
{
    private const float Patience = 120_000;
    private readonly TemporaryFolder _data = new();
    private readonly List<string> _faults = [];
    private AppProcess _app = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private IPage _page = null!;

    public async Task InitializeAsync()
    {
        SetDefaultExpectTimeout(Patience);
        // Long enough that a person, or a test, can cancel.
        _app = SmallApp.Start(_data.Path, "--epochs", "30");
        _playwright = await Playwright.Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browser.Find(), Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
        _page = await _browser.NewPageAsync(new() { ViewportSize = new() { Width = 1000, Height = 900 } });
        _page.SetDefaultTimeout(Patience);
        _page.PageError += (_, fault) => _faults.Add(fault);
        _page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _faults.Add(message.Text);
        };
    }

    [Fact]
    public async Task DropCorrectRetrainCancelPromoteAndGoBack()
    {
        await _page.GotoAsync(_app.Url.AbsoluteUri);
        await Expect(_page.Locator("#summary")).ToContainTextAsync("No model is in service yet.");
        await Shoot("1-nothing-yet");

        await Retrain(promote: true);
        await Expect(_page.Locator("#course")).ToContainTextAsync("Version 1. The first model");
        await ExpectInService(1);

        await Drop(Drawings.Png("star", 1), "mine.png");
        await Expect(_page.Locator("#said")).ToContainTextAsync("says version 1");
        await Expect(_page.Locator("#scores tr")).ToHaveCountAsync(4);
        await Shoot("2-predicted");

        await _page.Locator("#label").FillAsync("star");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Keep this label" }).ClickAsync();
        await Expect(_page.Locator("#said")).ToHaveTextAsync("Kept as star.");
        await Expect(_page.Locator("#summary")).ToContainTextAsync("121 images, 121 of them labelled");
        await Shoot("3-corrected");

        await CancelInTheMiddle();
        await RetrainAndWatch();
        await Expect(Version(2)).ToContainTextAsync(new Regex("(Not worse|Worse): "));
        await Shoot("6-verdict");

        await Version(2).GetByRole(AriaRole.Button).ClickAsync();
        await ExpectInService(2);
        await Drop(Drawings.Png("disc", 2), "another.png");
        await Expect(_page.Locator("#said")).ToContainTextAsync("says version 2");
        await Shoot("7-promoted");

        await Version(1).GetByRole(AriaRole.Button, new() { Name = "Go back to it" }).ClickAsync();
        await ExpectInService(1);
        await Drop(Drawings.Png("ring", 3), "third.png");
        await Expect(_page.Locator("#said")).ToContainTextAsync("says version 1");
        await Shoot("8-gone-back");

        await Drop("<script>alert(1)</script>"u8.ToArray(), "cat.jpg");
        await Expect(_page.Locator("#fault")).ToContainTextAsync("That is no image");
        // The refusal just now is the one fault that the browser may tell of.
        Assert.All(_faults, fault => Assert.Contains("415", fault, StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    public void Dispose()
    {
        _app.Dispose();
        _data.Dispose();
    }

    private async Task CancelInTheMiddle()
    {
        await Begin(promote: true);
        await Expect(_page.Locator("#course")).ToContainTextAsync(new Regex(@"Training: epoch ([2-9]|1\d) "));
        await Shoot("4-training");
        await _page.Locator("#cancel").ClickAsync();
        await Expect(_page.Locator("#course")).ToContainTextAsync("Cancelled; the model in service stays.");
        await Expect(_page.Locator("#versions tr")).ToHaveCountAsync(1);
    }

    /// <summary>The bar must be seen to grow.</summary>
    private async Task RetrainAndWatch()
    {
        await Begin(promote: false);
        await Expect(_page.Locator("#course")).ToContainTextAsync("Training: epoch");
        var shares = new List<double>();
        while (await _page.Locator("#start").IsDisabledAsync())
        {
            shares.Add(double.Parse((await _page.Locator("#bar").GetAttributeAsync("value"))!, CultureInfo.InvariantCulture));
            await Task.Delay(50);
        }
        var seen = shares.Where(share => share > 0).Distinct().ToList();
        Assert.True(seen.Count >= 3, $"the bar stood at {string.Join(", ", seen)}");
        Assert.Equal(seen.Order(), seen);
        await Expect(_page.Locator("#course")).ToContainTextAsync("Version 2.");
        await Shoot("5-retrained");
    }

    private async Task Begin(bool promote)
    {
        await Expect(_page.Locator("#start")).ToBeEnabledAsync();
        await _page.Locator("#promote").SetCheckedAsync(promote);
        await _page.Locator("#start").ClickAsync();
    }

    private async Task Retrain(bool promote)
    {
        await Begin(promote);
        await Expect(_page.Locator("#course")).ToContainTextAsync("Training: epoch");
        await Expect(_page.Locator("#start")).ToBeEnabledAsync();
    }

    private Task ExpectInService(int version) => Expect(Version(version).Locator("strong")).ToHaveTextAsync("in service");

    private ILocator Version(int number) => _page.Locator("#versions tr").Filter(new() { Has = _page.GetByRole(AriaRole.Rowheader, new() { Name = $"{number}", Exact = true }) });

    private async Task Drop(byte[] file, string name)
    {
        var transfer = await _page.EvaluateHandleAsync(
            """
            ({ base64, name }) => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name));
              return transfer;
            }
            """,
            new { base64 = Convert.ToBase64String(file), name });
        await _page.DispatchEventAsync("#drop", "drop", new { dataTransfer = transfer });
    }

    private async Task Shoot(string name) => await _page.ScreenshotAsync(new() { Path = Path.Combine(Artifacts(), $"{name}.png"), FullPage = true });

    private static string Artifacts()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Distillation.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Distillation.sln above the tests");
        return Path.Combine(folder, "artifacts", "retraining-app");
    }
}
