using System.Net.Http.Json;
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

    private ILocator Boxes => _page.At("#scene .handle");

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
        await ExpectKept("mine.png", truth);

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

    [Fact]
    public async Task BoxesAreMadeAndChangedByKeysAlone()
    {
        await _page.Drop(Drawings.Scene(7).Png, "by keys.png");
        await Expect(_page.At("#said")).ToContainTextAsync("There is no model yet");

        await AddByKey();
        await ExpectFocused("Box 1, no class, 32 32 96 96");
        await Press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowUp");
        await ExpectFocused("Box 1, no class, 35 33 101 96");
        await Press("Enter");
        await _page.Page.Keyboard.TypeAsync("gadget");
        await Press("Escape");
        await ExpectFocused("Box 1, gadget, 35 33 101 96");
        // Whoever can't see the boxes hears where they are.
        await Expect(_page.At("#moved")).ToHaveTextAsync("35 33 101 96");
        await _page.Shoot("7-by-keys");

        // It takes over the class, and no edge of the image is left behind.
        await AddByKey();
        await Press([.. Enumerable.Repeat("ArrowLeft", 40)]);
        await ExpectFocused("Box 2, gadget, 0 32 64 96");
        await AddByKey();
        await Press("Delete");
        await ExpectFocused("Box 2, gadget, 0 32 64 96");
        await Press("Shift+Tab");
        await ExpectFocused("Box 1, gadget, 35 33 101 96");

        await _page.Page.GetByRole(AriaRole.Button, new() { Name = "Keep these boxes" }).PressAsync("Enter");
        await Expect(_page.At("#said")).ToHaveTextAsync("Kept: 2 objects.");
        await ExpectKept("by keys.png", [new("gadget", 35, 33, 101, 96), new("gadget", 0, 32, 64, 96)]);

        await _page.At("#scene .handle").Last.FocusAsync();
        await Press("Delete", "Delete");
        await Expect(Boxes).ToHaveCountAsync(0);
        await Expect(_page.At("#add")).ToBeFocusedAsync();
        Assert.Empty(_page.Faults);
    }

    [Fact]
    public async Task LabelsOfBoxesThatCoincideAreApart()
    {
        var image = Drawings.Scene(8).Png;
        AppBox[] boxes =
        [
            // One behind the other, nearly one behind the other, and at the edges.
            new("gadget", 30, 40, 80, 90), new("widget", 30, 40, 80, 90), new("gadget", 31, 41, 79, 91), new("widget", 29, 44, 85, 88),
            new("gadget", 40, 0, 90, 30), new("widget", 41, 0, 88, 31), new("gadget", 110, 118, 128, 128), new("widget", 111, 119, 127, 128),
        ];
        using (var upload = await _client.Upload(image, "crowd.png"))
            (await _client.Mark((await upload.Content.ReadFromJsonAsync<AppImage>())!.Id, boxes)).EnsureSuccessStatusCode();

        await _page.Drop(image, "crowd.png");

        await Expect(_page.At("#said")).ToContainTextAsync("Kept boxes");
        await Expect(_page.At("#scene text")).ToHaveCountAsync(boxes.Length);
        await _page.Shoot("8-crowd");
        var places = await _page.At("#scene text").EvaluateAllAsync<double[][]>("texts => texts.map(text => text.getBBox()).map(box => [box.x, box.y, box.x + box.width, box.y + box.height])");
        Assert.All(places, place => Assert.True(place[0] >= 0 && place[1] >= -.5 && place[2] <= 128 && place[3] <= 128.5, string.Join(' ', place)));
        Assert.All(places.Index(), one => Assert.All(places.Skip(one.Index + 1), other => Assert.False(Overlap(one.Item, other), $"{string.Join(' ', one.Item)} and {string.Join(' ', other)}")));
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
    private async Task ExpectKept(string name, AppBox[] drawn)
    {
        var mine = (await _client.State()).Images.Single(image => image.Name == name);
        var kept = await _client.Boxes(mine.Id);
        Assert.Equal((128, 128), (kept.Width, kept.Height));
        Assert.Equal(drawn.Select(box => box.Label), kept.Boxes!.Select(box => box.Label));
        Assert.Equal(drawn.SelectMany(Edges), kept.Boxes!.SelectMany(Edges), (a, b) => Math.Abs(a - b) <= 1);
    }

    private static double[] Edges(AppBox box) => [box.X0, box.Y0, box.X1, box.Y1];

    private Task AddByKey() => _page.Page.GetByRole(AriaRole.Button, new() { Name = "Add a box" }).PressAsync("Enter");

    private async Task Press(params string[] keys)
    {
        foreach (var key in keys)
            await _page.Page.Keyboard.PressAsync(key);
    }

    private Task ExpectFocused(string box) => Expect(_page.Page.GetByRole(AriaRole.Button, new() { Name = box, Exact = true })).ToBeFocusedAsync();

    private static bool Overlap(double[] one, double[] other) => Math.Min(one[2], other[2]) > Math.Max(one[0], other[0]) && Math.Min(one[3], other[3]) > Math.Max(one[1], other[1]);
}
