using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Benchmarks.RetrainingApp;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>The app is killed with SIGKILL and started again.</summary>
public sealed class RestartTests : IDisposable
{
    private const int Rounds = 3, Uploaders = 4, FewestAnswered = 6;
    private readonly TemporaryFolder _data = new();

    [Fact]
    public async Task ATrainingGoesOnWhereItWasAndNoCorrectionIsLost()
    {
        string corrected;
        using (var app = SmallApp.Start(_data.Path, "--epochs", "60"))
        {
            using var client = await AppClient.Connect(app.Url);
            corrected = (await client.State()).Images[0].Id;
            (await client.Retrain()).EnsureSuccessStatusCode();
            await client.Until(state => state.Progress.Epoch >= 3, "the third epoch");
            // Answered, and so on the disk.
            (await client.Label(corrected, "corrected")).EnsureSuccessStatusCode();
            app.Kill();
        }
        Assert.Empty(Models());

        using var again = SmallApp.Start(_data.Path, "--epochs", "60");
        using var second = await AppClient.Connect(again.Url);
        var end = await second.Until(state => state is { Run.State: "done", Progress.State: "idle" }, "the end of the training that was killed");

        Assert.Equal((1, 1), (end.Run!.Id, end.Service));
        Assert.True(end.Run.ResumedAt > 0, "the training began anew");
        Assert.Equal("corrected", end.Images.Single(image => image.Id == corrected).Label);
        // What was corrected meanwhile is for the next one.
        Assert.Equal(["bar", "disc", "ring", "star"], (await second.Predict(Drawings.Png("disc", 1))).Scores.Select(score => score.Label));
    }

    [Fact]
    public async Task KilledUploadsLeaveNothingBehindAndThoseThatWereAnsweredStay()
    {
        var kept = new Dictionary<string, byte[]>();
        for (var round = 0; round < Rounds; round++)
        {
            using var app = SmallApp.Start(_data.Path, "--drawings", "0");
            using var half = await BeginUpload(app.Url);
            await UploadUntilKilled(app, round, kept);
        }

        using var again = SmallApp.Start(_data.Path, "--drawings", "0");
        using var client = await AppClient.Connect(again.Url);
        var counts = (await client.State()).Counts;
        // What had not been answered may be there or not, but whole: as many files as rows.
        Assert.InRange(counts.Images, kept.Count, kept.Count + Rounds * Uploaders);
        Assert.Equal(counts.Images, Directory.GetFiles(_data["images"]).Length);
        foreach (var (id, bytes) in kept)
        {
            Assert.Equal(bytes, await client.Http.GetByteArrayAsync($"images/{id}"));
            // The same bytes are the same image, with what is known of it.
            using var known = await client.Upload(bytes);
            var image = (await known.Content.ReadFromJsonAsync<AppImage>())!;
            Assert.Equal((HttpStatusCode.OK, id, "star"), (known.StatusCode, image.Id, image.Label));
        }
    }

    [Fact]
    public async Task AModelThatIsNotWholeIsNeverServed()
    {
        AppVersion first, second;
        using (var app = SmallApp.Start(_data.Path, "--epochs", "1"))
        {
            using var client = await AppClient.Connect(app.Url);
            first = await client.Train();
            var before = Models();
            second = await client.Train(promote: false);
            (await client.Serve(second.Id, anyway: true)).EnsureSuccessStatusCode();
            app.Kill();
            var zip = Assert.Single(Models().Except(before), file => file.EndsWith(".zip", StringComparison.Ordinal));
            File.WriteAllBytes(zip, File.ReadAllBytes(zip)[..^100]);
            File.WriteAllBytes(zip + ".unfinished", [1, 2, 3]);
        }

        using var again = SmallApp.Start(_data.Path);
        using var other = await AppClient.Connect(again.Url);

        Assert.Equal(first.Id, (await other.State()).Service);
        Assert.Equal(first.Id, (await other.Predict(Drawings.Png("disc", 1))).Version);
        using var refused = await other.Serve(second.Id, anyway: true);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(first.Id, (await other.State()).Service);
        Assert.DoesNotContain(Models(), file => file.EndsWith(".unfinished", StringComparison.Ordinal));
    }

    public void Dispose() => _data.Dispose();

    private string[] Models() => Directory.GetFiles(_data["models"]);

    /// <summary>The first half of an image, and no more.</summary>
    private static async Task<TcpClient> BeginUpload(Uri url)
    {
        var image = Drawings.Png("star", 10_000);
        using var client = await AppClient.Connect(url);
        var token = client.Http.DefaultRequestHeaders.GetValues("X-CSRF-Token").Single();
        using var ask = await client.Http.GetAsync("token");
        var connection = new TcpClient();
        await connection.ConnectAsync(url.Host, url.Port);
        var head = $"POST /images HTTP/1.1\r\nHost: {url.Authority}\r\nX-CSRF-Token: {token}\r\nContent-Length: {image.Length}\r\n\r\n";
        await connection.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. image[..(image.Length / 2)]]);
        return connection;
    }

    /// <summary>Several clients upload and label; the app is killed under them.</summary>
    private static async Task UploadUntilKilled(AppProcess app, int round, Dictionary<string, byte[]> kept)
    {
        var enough = kept.Count + FewestAnswered;
        var uploads = Enumerable.Range(0, Uploaders).Select(worker => Task.Run(() => Upload(app.Url, 1000 * round + 100 * worker, kept))).ToList();
        while (Count(kept) < enough)
            await Task.Delay(1);
        await Task.Delay(TimeSpan.FromMilliseconds(7 * round));
        app.Kill();
        await Task.WhenAll(uploads);
    }

    private static async Task Upload(Uri url, int first, Dictionary<string, byte[]> kept)
    {
        try
        {
            using var client = await AppClient.Connect(url);
            for (var i = first; ; i++)
            {
                var image = Drawings.Png("star", i);
                using var answer = await client.Upload(image);
                var id = (await answer.Content.ReadFromJsonAsync<AppImage>())!.Id;
                (await client.Label(id, "star")).EnsureSuccessStatusCode();
                lock (kept)
                    kept[id] = image;
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // It was killed.
        }
    }

    private static int Count(Dictionary<string, byte[]> kept)
    {
        lock (kept)
            return kept.Count;
    }
}
