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
            // Over others, which would be taken hold of.
            if (i > 0)
                await _page.Page.Keyboard.DownAsync("Shift");
            await DrawAround(box);
            await _page.Page.Keyboard.UpAsync("Shift");
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
    public async Task BoxesAreMovedResizedAndDeletedByTheMouse()
    {
        await _page.Drop(Drawings.Scene(9).Png, "by mouse.png");
        await Expect(_page.At("#said")).ToContainTextAsync("There is no model yet");
        await Drag(32, 32, 96, 96);
        await _page.At("#boxes input").FillAsync("gadget");

        // By its inside it moves, no further than the image's edges.
        await Hover(64, 64);
        await ExpectCursor("move");
        await Drag(64, 64, 74, 60);
        await ExpectFocused("Box 1, gadget, 42 28 106 92");
        await Drag(64, 64, 127, 60);
        await ExpectFocused("Box 1, gadget, 64 24 128 88");
        await Drag(90, 60, 62, 64);
        await ExpectFocused("Box 1, gadget, 36 28 100 92");

        // By a corner both sides change, by an edge one.
        await Hover(100, 92);
        await ExpectCursor("nwse-resize");
        await Expect(_page.At("#scene .grip")).ToHaveCountAsync(8);
        await _page.Shoot("9-grips");
        await Drag(100, 92, 110, 100);
        await ExpectFocused("Box 1, gadget, 36 28 110 100");
        await Hover(36, 60);
        await ExpectCursor("ew-resize");
        await Drag(36, 60, 20, 70);
        await ExpectFocused("Box 1, gadget, 20 28 110 100");
        await Hover(110, 28);
        await ExpectCursor("nesw-resize");
        await Drag(60, 28, 64, 127);
        // Not beyond the edge opposite.
        await ExpectFocused("Box 1, gadget, 20 99 110 100");
        await Drag(60, 99, 60, 40);
        await ExpectFocused("Box 1, gadget, 20 40 110 100");
        await Expect(_page.At("#boxes td").Nth(2)).ToHaveTextAsync("20\u00a040 110\u00a0100");

        // A smaller one over it, which is what a press inside both takes hold of; and back again by Escape.
        await _page.Page.Keyboard.DownAsync("Shift");
        await Drag(50, 60, 70, 80);
        await _page.Page.Keyboard.UpAsync("Shift");
        await Expect(Boxes).ToHaveCountAsync(2);
        await Drag(60, 70, 90, 75, drop: false);
        await ExpectFocused("Box 2, gadget, 80 65 100 85");
        await Press("Escape");
        await _page.Page.Mouse.UpAsync();
        await ExpectFocused("Box 2, gadget, 50 60 70 80");
        await Drag(60, 70, 60.2, 70);
        await ExpectFocused("Box 2, gadget, 50 60 70 80");
        await Hover(120, 120);
        await ExpectCursor("crosshair");
        await Press("Delete");
        await ExpectFocused("Box 1, gadget, 20 40 110 100");

        await _page.Click("Keep these boxes");
        await Expect(_page.At("#said")).ToHaveTextAsync("Kept: 1 object.");
        await ExpectKept("by mouse.png", [new("gadget", 20, 40, 110, 100)]);
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
    // Half a screen's pixel inside: the corner itself may be the picture's edge.
    private async Task DrawAround(AppBox box) => await Drag(box.X0, box.Y0, box.X1, box.Y1, inside: .5f);

    /// <summary>From one place of the image to another.</summary>
    private async Task Drag(double x0, double y0, double x1, double y1, float inside = 0, bool drop = true)
    {
        await _page.At("#scene").ScrollIntoViewIfNeededAsync();
        var (from, to) = (await OnScreen(x0, y0), await OnScreen(x1, y1));
        var mouse = _page.Page.Mouse;
        await mouse.MoveAsync(from[0] + inside, from[1] + inside);
        await mouse.DownAsync();
        await mouse.MoveAsync(to[0], to[1], new() { Steps = 5 });
        if (drop)
            await mouse.UpAsync();
    }

    private async Task Hover(double x, double y)
    {
        var place = await OnScreen(x, y);
        await _page.Page.Mouse.MoveAsync(place[0], place[1]);
    }

    private Task<float[]> OnScreen(double x, double y) => _page.At("#scene").EvaluateAsync<float[]>(
        """
        (scene, { x, y }) => {
          const place = new DOMPoint(x, y).matrixTransform(scene.getScreenCTM());
          return [place.x, place.y];
        }
        """,
        new { x, y });

    private Task ExpectCursor(string name) => Expect(_page.At("#scene")).ToHaveCSSAsync("cursor", name);

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
