using System.Globalization;
using Benchmarks.RetrainingApp;
using Microsoft.ML.Distillation.Tests.Reports.Page;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>The app's page in a real browser, as a person uses it; pictures of it go to artifacts/retraining-app.</summary>
internal sealed class AppPage : IAsyncDisposable
{
    private const float Patience = 120_000;
    private readonly List<string> _faults = [];
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly string _pictures;

    private AppPage(IPlaywright playwright, IBrowser browser, IPage page, string pictures)
    {
        (_playwright, _browser, Page, _pictures) = (playwright, browser, page, pictures);
        page.SetDefaultTimeout(Patience);
        page.PageError += (_, fault) => _faults.Add(fault);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _faults.Add(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>What the browser complained of.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <param name="pictures">What the names of pictures begin with.</param>
    public static async Task<AppPage> Open(AppProcess app, string pictures = "")
    {
        SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browser.Find(), Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
        var opened = new AppPage(playwright, browser, await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1000, Height = 900 } }), pictures);
        await opened.Page.GotoAsync(app.Url.AbsoluteUri);
        return opened;
    }

    public ILocator At(string selector) => Page.Locator(selector);

    public ILocator Version(int number) => At("#versions tr").Filter(new() { Has = Page.GetByRole(AriaRole.Rowheader, new() { Name = $"{number}", Exact = true }) });

    public Task ExpectInService(int version) => Expect(Version(version).Locator("strong")).ToHaveTextAsync("in service");

    public Task Click(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public async Task Begin(bool promote)
    {
        await Expect(At("#start")).ToBeEnabledAsync();
        await At("#promote").SetCheckedAsync(promote);
        await At("#start").ClickAsync();
    }

    public async Task Retrain(bool promote)
    {
        await Begin(promote);
        await Expect(At("#course")).ToContainTextAsync("Training: epoch");
        await Expect(At("#start")).ToBeEnabledAsync();
    }

    /// <summary>Retrains, and sees the bar grow.</summary>
    public async Task RetrainAndWatch(bool promote)
    {
        await Begin(promote);
        await Expect(At("#course")).ToContainTextAsync("Training: epoch");
        var shares = new List<double>();
        while (await At("#start").IsDisabledAsync())
        {
            shares.Add(double.Parse((await At("#bar").GetAttributeAsync("value"))!, CultureInfo.InvariantCulture));
            await Task.Delay(50);
        }
        var seen = shares.Where(share => share > 0).Distinct().ToList();
        Assert.True(seen.Count >= 3, $"the bar stood at {string.Join(", ", seen)}");
        Assert.Equal(seen.Order(), seen);
    }

    public async Task Drop(byte[] file, string name)
    {
        var transfer = await Page.EvaluateHandleAsync(
            """
            ({ base64, name }) => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name));
              return transfer;
            }
            """,
            new { base64 = Convert.ToBase64String(file), name });
        await Page.DispatchEventAsync("#drop", "drop", new { dataTransfer = transfer });
    }

    public async Task Shoot(string name) => await Page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Root, "artifacts", "retraining-app", $"{_pictures}{name}.png"), FullPage = true });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
