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

    public async Task InitializeAsync()
    {
        _app = SmallApp.StartDetector(_data.Path, "--drawings", "40", "--epochs", "16", "--score", "0.03");
        _client = await AppClient.Connect(_app.Url);
        _page = await AppPage.Open(_app, "detector-");
    }

    [Fact]
    public async Task DropDeleteDrawKeepRetrainAndPromote()
    {
        await Expect(_page.At("#summary")).ToContainTextAsync("40 images, 40 of them labelled, 8 of those held out");
        await _page.Retrain(promote: true);
        await Expect(_page.At("#course")).ToContainTextAsync("Version 1. The first model: there is none to compare it with. mAP ");
        await _page.ExpectInService(1);

        var (image, truth) = Drawings.Scene(5);
        await _page.Drop(image, "mine.png");
        await Expect(_page.At("#said")).ToContainTextAsync("found, says version 1");
        var found = await _page.At("#scene g.box").CountAsync();
        Assert.True(found > 0, "there is no box to be deleted");
        await Expect(_page.At("#boxes tr")).ToHaveCountAsync(found);
        await _page.Shoot("1-found");

        await _page.Click("Delete box 1");
        await Expect(_page.At("#scene g.box")).ToHaveCountAsync(found - 1);
        await DrawAround(truth[0]);
        await Expect(_page.At("#scene g.box")).ToHaveCountAsync(found);
        await _page.At("#boxes input").Last.FillAsync(truth[0].Label);
        await _page.Shoot("2-drawn");
        await _page.Click("Keep these boxes");
        await Expect(_page.At("#said")).ToContainTextAsync("Kept: ");
        await Expect(_page.At("#summary")).ToContainTextAsync("41 images, 41 of them labelled");
        await ExpectKept(found, truth[0]);

        await _page.RetrainAndWatch(promote: false);
        await Expect(_page.Version(2)).ToContainTextAsync(new Regex("(Not worse|Worse): mAP .* by version 1"));
        await _page.Shoot("3-verdict");
        await _page.Version(2).GetByRole(AriaRole.Button).ClickAsync();
        await _page.ExpectInService(2);
        await _page.Drop(Drawings.Scene(6).Png, "another.png");
        await Expect(_page.At("#said")).ToContainTextAsync("says version 2");
        await _page.Shoot("4-promoted");

        // An image that somebody has looked at has that person's boxes.
        await _page.Drop(image, "mine again.png");
        await Expect(_page.At("#said")).ToContainTextAsync("Kept boxes");
        await Expect(_page.At("#scene g.box")).ToHaveCountAsync(found);
        await _page.Shoot("5-kept");
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
        await mouse.MoveAsync(corners[0], corners[1]);
        await mouse.DownAsync();
        await mouse.MoveAsync(corners[2], corners[3], new() { Steps = 5 });
        await mouse.UpAsync();
    }

    /// <summary>What the app has is what was on the page: the one that was drawn in pixels of the image, to a pixel.</summary>
    private async Task ExpectKept(int count, AppBox drawn)
    {
        var mine = (await _client.State()).Images.Single(image => image.Name == "mine.png");
        var kept = await _client.Boxes(mine.Id);
        Assert.Equal((128, 128, count), (kept.Width, kept.Height, kept.Boxes!.Length));
        var last = kept.Boxes[^1];
        Assert.Equal(drawn.Label, last.Label);
        Assert.Equal([drawn.X0, drawn.Y0, drawn.X1, drawn.Y1], [last.X0, last.Y0, last.X1, last.Y1], (a, b) => Math.Abs(a - b) <= 1);
    }
}
