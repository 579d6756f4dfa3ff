using System.Text.RegularExpressions;
using Benchmarks.RetrainingApp;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>The same with a detector: boxes are seen, deleted, drawn and kept.</summary>
public sealed class DetectorBrowserTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _data = new();
    private AppProcess _app = null!;
    private AppClient _client = null!;
    private AppPage _page = null!;

    private ILocator Boxes => _page.At("#scene g.box");

    public async Task InitializeAsync()
    {
        _app = SmallApp.StartDetector(_data.Path, "--drawings", "40", "--epochs", "8", "--score", "0");
        _client = await AppClient.Connect(_app.Url);
        _page = await AppPage.Open(_app, "detector-");
    }

    [Fact]
    public async Task DropDeleteDrawKeepRetrainAndPromote()
    {
        await Expect(_page.At("#summary")).ToContainTextAsync("40 images, 40 of them labelled, 8 of those held out");
        await _page.At("#images button").First.ClickAsync();
        await Expect(_page.At("#said")).ToContainTextAsync("Kept boxes");
        await _page.Shoot("1-labelled");

        await _page.Retrain(promote: true);
        await Expect(_page.At("#course")).ToContainTextAsync("Version 1. The first model: there is none to compare it with. mAP ");
        await _page.ExpectInService(1);

        var (image, truth) = Drawings.Scene(5);
        await _page.Drop(image, "mine.png");
        await Expect(_page.At("#said")).ToContainTextAsync("found, says version 1");
        var found = await Boxes.CountAsync();
        Assert.True(found > 1, $"there are {found} boxes; one is to be deleted, and others to stay");
        await Expect(_page.At("#boxes tr")).ToHaveCountAsync(found);
        await _page.Shoot("2-found");

        await _page.Click("Delete box 1");
        await Expect(Boxes).ToHaveCountAsync(found - 1);
        // So few steps teach a detector little: what it found is better done by hand.
        await _page.Click("Delete all");
        await Expect(_page.At("#none")).ToBeVisibleAsync();
        foreach (var (i, box) in truth.Index())
        {
            await DrawAround(box);
            await Expect(Boxes).ToHaveCountAsync(i + 1);
            await _page.At("#boxes input").Last.FillAsync(box.Label);
        }
        await _page.Shoot("3-drawn");
        await _page.Click("Keep these boxes");
        await Expect(_page.At("#said")).ToContainTextAsync($"Kept: {truth.Length} object");
        await Expect(_page.At("#summary")).ToContainTextAsync("41 images, 41 of them labelled");
        await ExpectKept(truth);

        await _page.RetrainAndWatch(promote: false);
        await Expect(_page.Version(2)).ToContainTextAsync(new Regex("(Not worse|Worse): mAP .* by version 1"));
        await _page.Shoot("4-verdict");
        await _page.Version(2).GetByRole(AriaRole.Button).ClickAsync();
        await _page.ExpectInService(2);
        await _page.Drop(Drawings.Scene(6).Png, "another.png");
        await Expect(_page.At("#said")).ToContainTextAsync("says version 2");
        await _page.Shoot("5-promoted");

        // An image that somebody has looked at has that person's boxes.
        await _page.Drop(image, "mine again.png");
        await Expect(_page.At("#said")).ToContainTextAsync("Kept boxes");
        await Expect(Boxes).ToHaveCountAsync(truth.Length);
        await _page.Shoot("6-kept");
        Assert.Empty(_page.Faults);
    }

    public async Task DisposeAsync() => await _page.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _app.Dispose();
        _data.Dispose();
    }

    /// <summary>From corner to corner, as the screen has them.</summary>
    private async Task DrawAround(AppBox box)
    {
        await _page.At("#scene").ScrollIntoViewIfNeededAsync();
        var corners = await _page.At("#scene").EvaluateAsync<float[]>(
            """
            (scene, box) => {
              const matrix = scene.getScreenCTM();
              const [from, to] = [new DOMPoint(box.x0, box.y0), new DOMPoint(box.x1, box.y1)].map(point => point.matrixTransform(matrix));
              return [from.x, from.y, to.x, to.y];
            }
            """,
            new { x0 = box.X0, y0 = box.Y0, x1 = box.X1, y1 = box.Y1 });
        var mouse = _page.Page.Mouse;
        // Half a screen's pixel inside: the corner itself may be the picture's edge.
        await mouse.MoveAsync(corners[0] + .5f, corners[1] + .5f);
        await mouse.DownAsync();
        await mouse.MoveAsync(corners[2], corners[3], new() { Steps = 5 });
        await mouse.UpAsync();
    }

    /// <summary>What the app has is what was drawn, in pixels of the image, to a pixel.</summary>
    private async Task ExpectKept(AppBox[] drawn)
    {
        var mine = (await _client.State()).Images.Single(image => image.Name == "mine.png");
        var kept = await _client.Boxes(mine.Id);
        Assert.Equal((128, 128), (kept.Width, kept.Height));
        Assert.Equal(drawn.Select(box => box.Label), kept.Boxes!.Select(box => box.Label));
        Assert.Equal(drawn.SelectMany(Edges), kept.Boxes!.SelectMany(Edges), (a, b) => Math.Abs(a - b) <= 1);
    }

    private static double[] Edges(AppBox box) => [box.X0, box.Y0, box.X1, box.Y1];
}
