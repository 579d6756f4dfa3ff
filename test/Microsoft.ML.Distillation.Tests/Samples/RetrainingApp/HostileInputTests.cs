using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Benchmarks.RetrainingApp;
using Samples.Common;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>What must not get in: each is refused with its status, and nothing is stored.</summary>
public sealed class HostileInputTests : IAsyncLifetime, IDisposable
{
    private const int MostBytes = 100_000, MostImages = 5;
    private static readonly byte[] Image = Drawings.Png("disc", 1);
    private readonly TemporaryFolder _data = new();
    private AppProcess _app = null!;
    private AppClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = AppProcess.Start(_data.Path, "--drawings", "0", "--max-bytes", $"{MostBytes}", "--max-pixels", "1000000", "--max-images", $"{MostImages}");
        _client = await AppClient.Connect(_app.Url);
    }

    [Theory]
    [InlineData("../../evil.png")]
    [InlineData("..\\..\\evil.png")]
    [InlineData("/etc/passwd")]
    [InlineData("C:evil.png")]
    [InlineData("..")]
    [InlineData("a\0.png")]
    [InlineData("a\n.png")]
    public async Task NamesThatArePaths(string name) => await Refused(HttpStatusCode.BadRequest, _client.Upload(Image, name));

    [Theory]
    [InlineData("images/../retraining.db")]
    [InlineData("images/..%2Fretraining.db")]
    [InlineData("images/%2e%2e%2fretraining.db")]
    [InlineData("images/..%5Cretraining.db")]
    [InlineData("images/00000000000000000000000000000000")]
    public async Task PathsThatLeadElsewhere(string path) => await Refused(HttpStatusCode.NotFound, _client.Http.GetAsync(path));

    [Fact]
    public async Task AnImageOfAHundredMegapixels() => await Refused(HttpStatusCode.UnprocessableEntity, _client.Upload(Header(10_000, 10_000)), "10000×10000");

    [Fact]
    public async Task AnHtmlFileThatIsCalledJpg() =>
        await Refused(HttpStatusCode.UnsupportedMediaType, _client.Upload(Encoding.UTF8.GetBytes("<html><script>alert(1)</script></html>"), "cat.jpg"));

    [Fact]
    public async Task AnImageThatIsOnlyItsBeginning() => await Refused(HttpStatusCode.UnprocessableEntity, _client.Upload(Image[..20]));

    [Fact]
    public async Task NothingAtAll() => await Refused(HttpStatusCode.UnsupportedMediaType, _client.Upload([]));

    [Fact]
    public async Task TooManyBytes() => await Refused(HttpStatusCode.RequestEntityTooLarge, _client.Upload([.. Image, .. new byte[MostBytes]]));

    [Fact]
    public async Task TooManyBytesThatAreNotAnnounced()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "images") { Content = new ByteArrayContent([.. Image, .. new byte[3 * MostBytes]]) };
        request.Headers.TransferEncodingChunked = true;

        await Refused(HttpStatusCode.RequestEntityTooLarge, _client.Http.SendAsync(request));
    }

    [Fact]
    public async Task ManyUploads()
    {
        for (var i = 0; i < MostImages; i++)
        {
            using var answer = await _client.Upload(Drawings.Png("disc", i));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }
        for (var i = MostImages; i < MostImages + 50; i++)
        {
            using var answer = await _client.Upload(Drawings.Png("disc", i));
            Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        }
        // The same bytes are no further image.
        using var again = await _client.Upload(Drawings.Png("disc", 0));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(MostImages, (await _client.State()).Counts.Images);
        Assert.Equal(MostImages, Files().Length);
    }

    [Theory]
    [InlineData("POST", "images")]
    [InlineData("POST", "predictions")]
    [InlineData("PUT", "images/00000000000000000000000000000000/label")]
    [InlineData("POST", "runs")]
    [InlineData("DELETE", "runs/current")]
    [InlineData("PUT", "service")]
    public async Task ChangesWithoutTheToken(string method, string path)
    {
        using var stranger = new HttpClient { BaseAddress = _app.Url };
        await Refused(HttpStatusCode.BadRequest, stranger.SendAsync(Change(method, path)));
        // The token is worth nothing without its cookie.
        var withoutCookie = Change(method, path);
        withoutCookie.Headers.Add("X-CSRF-Token", _client.Http.DefaultRequestHeaders.GetValues("X-CSRF-Token"));
        await Refused(HttpStatusCode.BadRequest, stranger.SendAsync(withoutCookie));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task ChangesFromAnotherOrigin(string header, string value)
    {
        var request = Change("POST", "images");
        request.Headers.Add(header, value);

        await Refused(HttpStatusCode.Forbidden, _client.Http.SendAsync(request));
    }

    [Fact]
    public async Task AnotherHostsName()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "state") { Headers = { Host = "evil.example" } };

        await Refused(HttpStatusCode.BadRequest, _client.Http.SendAsync(request));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\u0007b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task LabelsThatAreNone(string label)
    {
        using var upload = await _client.Upload(Image);
        var image = (await upload.Content.ReadFromJsonAsync<AppImage>())!;

        using var answer = await _client.Label(image.Id, label);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, (await _client.State()).Counts.Labelled);
    }

    [Fact]
    public async Task RetrainingOnNothing() => await Refused(HttpStatusCode.Conflict, _client.Retrain(), "too little to learn from");

    [Fact]
    public async Task MarkupInALabelIsNeverAPage()
    {
        using var upload = await _client.Upload(Image);
        var image = (await upload.Content.ReadFromJsonAsync<AppImage>())!;
        (await _client.Label(image.Id, "<img src=x onerror=alert(1)>")).EnsureSuccessStatusCode();

        using var page = await _client.Http.GetAsync("state");
        Assert.Equal(("application/json", "nosniff"), (page.Content.Headers.ContentType!.MediaType, page.Headers.GetValues("X-Content-Type-Options").Single()));
        using var shown = await _client.Http.GetAsync($"images/{image.Id}");
        Assert.Equal(("image/png", "nosniff"), (shown.Content.Headers.ContentType!.MediaType, shown.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.Contains("default-src 'none'", shown.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _client.Dispose();
        _app.Dispose();
        _data.Dispose();
    }

    private static HttpRequestMessage Change(string method, string path) => new(new HttpMethod(method), path)
    {
        Content = path is "images" or "predictions" ? new ByteArrayContent(Image) : JsonContent.Create(new { label = "disc", version = 1 }),
    };

    private async Task Refused(HttpStatusCode status, Task<HttpResponseMessage> asked, string reason = "")
    {
        using var answer = await asked;
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var state = await _client.State();
        Assert.Equal((0, 0, null), (state.Counts.Images, state.Counts.Labelled, state.Run));
        Assert.Empty(Files());
    }

    private string[] Files() => Directory.GetFiles(_data["images"]);

    /// <summary>A small PNG file that says, with the right checksum, that it has so many pixels.</summary>
    private static byte[] Header(int width, int height)
    {
        var file = Image.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        var sum = new Crc32();
        sum.Add(file.AsSpan(12, 17));
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), sum.Value);
        return file;
    }
}
