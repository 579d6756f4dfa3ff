using System.Net;
using Benchmarks.RetrainingApp;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

public sealed class RetrainingTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    [Fact]
    public async Task AWorseModelStaysOutUntilAPersonSaysOtherwise()
    {
        AppVersion good;
        using (var app = SmallApp.Start(_data.Path, "--epochs", "100", "--drawings", "240"))
        using (var client = await AppClient.Connect(app.Url))
        {
            good = await client.Train();
            // A fifth class: the model begins anew, and after one epoch it knows next to nothing.
            foreach (var image in (await client.State()).Images.Where(image => image is { Label: "disc", HeldOut: false }))
                (await client.Label(image.Id, "moon")).EnsureSuccessStatusCode();
        }
        using var again = SmallApp.Start(_data.Path, "--epochs", "1");
        using var person = await AppClient.Connect(again.Url);

        var worse = await person.Train();

        Assert.False(worse.Proven, worse.Verdict);
        Assert.StartsWith("Worse: ", worse.Verdict, StringComparison.Ordinal);
        Assert.Equal(good.Id, (await person.State()).Service);
        using (var refused = await person.Serve(worse.Id))
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(good.Id, (await person.Predict(Drawings.Png("disc", 1))).Version);
        (await person.Serve(worse.Id, anyway: true)).EnsureSuccessStatusCode();
        Assert.Equal(["bar", "disc", "moon", "ring", "star"], (await person.Predict(Drawings.Png("disc", 1))).Scores.Select(score => score.Label));
        // One that served before goes back without a question.
        (await person.Serve(good.Id)).EnsureSuccessStatusCode();
        Assert.Equal(good.Id, (await person.Predict(Drawings.Png("disc", 1))).Version);
    }

    [Fact]
    public async Task AModelThatIsNotWorseGoesIntoServiceByItself()
    {
        using var app = SmallApp.Start(_data.Path, "--epochs", "1");
        using var client = await AppClient.Connect(app.Url);
        var first = await client.Train();
        // Of classes that all have other names now the model in service is right of none: no other is worse.
        foreach (var (file, i) in Directory.GetFiles(_data["images"]).Select((file, i) => (file, i)))
            (await client.Label(Path.GetFileNameWithoutExtension(file), i % 2 == 0 ? "even" : "odd")).EnsureSuccessStatusCode();

        var second = await client.Train();

        Assert.Equal((96, 24), (first.TrainedOn, first.HeldOut));
        Assert.True(second.Proven, second.Verdict);
        Assert.Contains(", 0 (", second.Verdict, StringComparison.Ordinal);
        Assert.EndsWith($"by version {first.Id}, which was in service.", second.Verdict, StringComparison.Ordinal);
        Assert.Equal(second.Id, (await client.State()).Service);
    }

    [Fact]
    public async Task OneRetrainingAtATime()
    {
        using var app = SmallApp.Start(_data.Path, "--epochs", "200");
        using var client = await AppClient.Connect(app.Url);
        using (var nothing = await client.Cancel())
            Assert.Equal(HttpStatusCode.Conflict, nothing.StatusCode);
        (await client.Retrain()).EnsureSuccessStatusCode();

        using (var second = await client.Retrain())
            Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        (await client.Cancel()).EnsureSuccessStatusCode();

        var state = await client.Until(s => s.Progress.State == "idle", "the end of a cancelled retraining");
        Assert.Equal(("cancelled", null), (state.Run!.State, state.Service));
        Assert.Empty(Directory.GetDirectories(_data["runs"]));
    }

    [Fact]
    public async Task OnesOwnImagesAreWhatItBeginsWith()
    {
        using var folder = new TemporaryFolder();
        foreach (var label in new[] { "ring", "star" })
        {
            Directory.CreateDirectory(folder[label]);
            for (var i = 0; i < 6; i++)
                File.WriteAllBytes(Path.Combine(folder[label], $"{i}.png"), Drawings.Png(label, i));
        }
        File.WriteAllText(Path.Combine(folder["star"], "cat.jpg"), "<html>");

        using var app = AppProcess.Start(_data.Path, "--images", folder.Path);
        using var client = await AppClient.Connect(app.Url);

        var state = await client.State();
        Assert.Equal((12, 12, 2), (state.Counts.Images, state.Counts.Labelled, state.Counts.HeldOut));
        Assert.Equal(["ring", "star"], state.Classes);
        Assert.Contains("cat.jpg' is left out: That is no image", app.Said, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();
}
