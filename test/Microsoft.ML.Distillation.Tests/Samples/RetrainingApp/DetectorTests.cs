using System.Net;
using System.Net.Http.Json;
using Benchmarks.RetrainingApp;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

public sealed class DetectorTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    [Fact]
    public async Task WhatPeopleMarkedIsKeptAndTrainedOn()
    {
        using var app = SmallApp.StartDetector(_data.Path, "--drawings", "0", "--epochs", "2", "--score", "0");
        using var client = await AppClient.Connect(app.Url);
        var ids = new List<string>();
        for (var i = 0; i < 12; i++)
            ids.Add(await Mark(client, i, i == 0 ? [] : [new("widget", 10, 20, 60.5, 90)]));
        Assert.Equal((12, 12, 2), Counts(await client.State()));

        // Seen without objects is not the same as unseen.
        Assert.Empty((await client.Boxes(ids[0])).Boxes!);
        Assert.Equal([new AppBox("widget", 10, 20, 60.5, 90)], (await client.Boxes(ids[1])).Boxes!);
        var unseen = (await (await client.Upload(Drawings.Scene(99).Png)).Content.ReadFromJsonAsync<AppImage>())!;
        Assert.Null((await client.Boxes(unseen.Id)).Boxes);

        var first = await client.Train();
        Assert.Equal((10, 2), (first.TrainedOn, first.HeldOut));
        Assert.Equal(["widget"], first.Classes);
        Assert.NotNull(first.Score);

        // The same classes again: the old model's raw predictions teach.
        var second = await client.Train();
        Assert.Equal(first.Id, second.Parent);
        Assert.Matches(@"^(Not worse|Worse): mAP [\d.]+ % \(mAP50 [\d.]+ %\) on 2 held-out images, [\d.]+ % \(mAP50 [\d.]+ %\) by version 1, which was in service\.$", second.Verdict);

        // A class that the old one has never heard of.
        (await client.Mark(ids[1], new AppBox("gadget", 1, 2, 30, 40))).EnsureSuccessStatusCode();
        Assert.Equal(["gadget", "widget"], (await client.State()).Classes);
        Assert.Equal(["gadget", "widget"], (await client.Train()).Classes);
    }

    [Fact]
    public async Task BoxesLieInPixelsOfTheImageAsItCame()
    {
        const int width = 300, height = 150, network = 64;
        using var app = SmallApp.StartDetector(_data.Path, "--drawings", "12", "--epochs", "1", "--score", "0");
        using var client = await AppClient.Connect(app.Url);
        await client.Train();

        var found = await client.Find(Wide(width, height));

        Assert.NotEmpty(found.Boxes);
        Assert.All(found.Boxes, box => Assert.True(box is { X0: >= 0, Y0: >= 0, X1: <= width, Y1: <= height } && box.X1 >= box.X0 + 1 && box.Y1 >= box.Y0 + 1, $"{box}"));
        Assert.True(found.Boxes.Max(box => box.X1) > network, "no box is beyond the network's own pixels");
        Assert.Equal(found.Boxes.Select(box => box.Score).OrderDescending(), found.Boxes.Select(box => box.Score));
    }

    [Fact]
    public async Task CorrectionsOutliveAKill()
    {
        string id;
        using (var app = SmallApp.StartDetector(_data.Path, "--drawings", "0"))
        using (var client = await AppClient.Connect(app.Url))
        {
            id = await Mark(client, 1, new AppBox("widget", 1, 2, 3, 4), new AppBox("gadget", 5, 6, 70, 80));
            (await client.Mark(id, new AppBox("gadget", 5, 6, 70, 80))).EnsureSuccessStatusCode();
            app.Kill();
        }

        using var again = SmallApp.StartDetector(_data.Path, "--drawings", "0");
        using var second = await AppClient.Connect(again.Url);

        Assert.Equal([new AppBox("gadget", 5, 6, 70, 80)], (await second.Boxes(id)).Boxes!);
        Assert.Equal(["gadget"], (await second.State()).Classes);
    }

    [Fact]
    public async Task AnAnnotatedFolderIsWhatItBeginsWith()
    {
        using var folder = new TemporaryFolder();
        global::Samples.Common.Drawing.SceneFiles.Write(folder["scenes"], 10, 1, 2, CancellationToken.None);

        using var app = SmallApp.StartDetector(_data.Path, "--images", folder["scenes"]);
        using var client = await AppClient.Connect(app.Url);

        var state = await client.State();
        Assert.Equal((10, 10, 2), Counts(state));
        var image = state.Images.Single(image => image.Name == "00003.png");
        Assert.Equal(Drawings.Scene(3).Boxes, (await client.Boxes(image.Id)).Boxes!);
    }

    [Fact]
    public async Task TheOtherTasksRequestsAreNotThere()
    {
        using var detector = SmallApp.StartDetector(_data.Path, "--drawings", "0");
        using var client = await AppClient.Connect(detector.Url);
        var id = await Mark(client, 1);
        using var label = await client.Label(id, "star");
        Assert.Equal(HttpStatusCode.NotFound, label.StatusCode);

        using var other = new TemporaryFolder();
        using var classifier = SmallApp.Start(other.Path, "--drawings", "1");
        using var asked = await AppClient.Connect(classifier.Url);
        using var boxes = await asked.Mark((await asked.State()).Images[0].Id);
        Assert.Equal(HttpStatusCode.NotFound, boxes.StatusCode);
    }

    public void Dispose() => _data.Dispose();

    private static async Task<string> Mark(AppClient client, int scene, params AppBox[] boxes)
    {
        using var upload = await client.Upload(Drawings.Scene(scene).Png);
        var id = (await upload.Content.ReadFromJsonAsync<AppImage>())!.Id;
        (await client.Mark(id, boxes)).EnsureSuccessStatusCode();
        return id;
    }

    private static (long Images, long Labelled, long HeldOut) Counts(AppState state) => (state.Counts.Images, state.Counts.Labelled, state.Counts.HeldOut);

    private byte[] Wide(int width, int height)
    {
        var pixels = new byte[4 * width * height];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = i % 4 == 3 ? byte.MaxValue : (byte)(i * 31 % 251);
        using (var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels))
            image.Save(_data["wide.png"]);
        return File.ReadAllBytes(_data["wide.png"]);
    }
}
