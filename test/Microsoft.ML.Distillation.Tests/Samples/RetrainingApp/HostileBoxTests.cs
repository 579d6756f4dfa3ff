using System.Net;
using System.Net.Http.Json;
using System.Text;
using Benchmarks.RetrainingApp;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>Boxes that are none: each is refused, and the image stays as it was.</summary>
public sealed class HostileBoxTests : IAsyncLifetime, IDisposable
{
    private const string Good = """{"label":"disc","x0":1,"y0":1,"x1":9,"y1":9}""";
    private readonly TemporaryFolder _data = new();
    private AppProcess _app = null!;
    private AppClient _client = null!;
    private string _id = "";

    public async Task InitializeAsync()
    {
        _app = SmallApp.StartDetector(_data.Path, "--drawings", "0");
        _client = await AppClient.Connect(_app.Url);
        using var upload = await _client.Upload(Drawings.Scene(1).Png);
        _id = (await upload.Content.ReadFromJsonAsync<AppImage>())!.Id;
    }

    [Theory]
    [InlineData("""{}""", "missing")]
    [InlineData("""{"boxes":null}""", "missing")]
    [InlineData("""{"boxes":[null]}""", "Box 1: expected four finite numbers")]
    [InlineData("""{"boxes":{}}""", "")]
    [InlineData("""{"boxes":[1]}""", "")]
    [InlineData("""{"boxes":[""", "")]
    [InlineData("""{"boxes":[{"label":"disc","x0":1e999,"y0":1,"x1":9,"y1":9}]}""", "finite")]
    [InlineData("""{"boxes":[{"label":"disc","x0":1,"y0":1,"x1":1e999,"y1":9}]}""", "finite")]
    [InlineData("""{"boxes":[{"label":"disc","x0":1,"y0":-1e999,"x1":9,"y1":9}]}""", "finite")]
    [InlineData("""{"boxes":[{"label":"disc","x0":"NaN","y0":1,"x1":9,"y1":9}]}""", "")]
    [InlineData("""{"boxes":[{"label":"disc","x0":9,"y0":1,"x1":1,"y1":9}]}""", "Box 1 is 9 1 1 9; expected x0 < x1")]
    [InlineData("""{"boxes":[{"label":"disc","x0":1,"y0":1,"x1":1.9,"y1":9}]}""", "a pixel or more each way")]
    [InlineData("""{"boxes":[{"label":"disc","x0":127.5,"y0":1,"x1":400,"y1":9}]}""", "a pixel or more each way on the image of 128×128 pixels")]
    [InlineData("""{"boxes":[{"label":"disc","x0":-50,"y0":-50,"x1":-1,"y1":-1}]}""", "a pixel or more")]
    [InlineData("""{"boxes":[{"label":"disc","x0":500,"y0":500,"x1":600,"y1":600}]}""", "a pixel or more")]
    [InlineData("""{"boxes":[{"label":" ","x0":1,"y0":1,"x1":9,"y1":9}]}""", "1 to 64 characters")]
    [InlineData("""{"boxes":[{"x0":1,"y0":1,"x1":9,"y1":9}]}""", "1 to 64 characters")]
    [InlineData("""{"boxes":[{"label":"a\u0000b","x0":1,"y0":1,"x1":9,"y1":9}]}""", "control characters")]
    public async Task WhatIsNoBox(string body, string reason) => await Refused(HttpStatusCode.BadRequest, Put(body), reason);

    [Fact]
    public async Task OneBadBoxAmongGoodOnes() =>
        await Refused(HttpStatusCode.BadRequest, Put($$"""{"boxes":[{{Good}},{"label":"disc","x0":9,"y0":1,"x1":1,"y1":9},{{Good}}]}"""), "Box 2");

    [Fact]
    public async Task MoreBoxesThanAnImageHas() => await Refused(HttpStatusCode.BadRequest, Put($$"""{"boxes":[{{string.Join(',', Enumerable.Repeat(Good, 101))}}]}"""), "There are 101 boxes; an image has at most 100.");

    [Fact]
    public async Task ALongName() => await Refused(HttpStatusCode.BadRequest, _client.Mark(_id, new AppBox(new string('a', 65), 1, 1, 9, 9)), "1 to 64 characters");

    [Fact]
    public async Task AnImageThatIsNotThere()
    {
        using var unknown = await _client.Mark(Guid.Empty.ToString("n"), new AppBox("disc", 1, 1, 9, 9));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var elsewhere = await _client.Http.PutAsJsonAsync("images/..%2Fretraining.db/boxes", new { boxes = Array.Empty<AppBox>() });
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        using var shown = await _client.Http.GetAsync("images/..%2Fretraining.db/boxes");
        Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
    }

    [Fact]
    public async Task WithoutTheTokenOrFromAnotherOrigin()
    {
        using var stranger = new HttpClient { BaseAddress = _app.Url };
        await Refused(HttpStatusCode.BadRequest, stranger.PutAsJsonAsync($"images/{_id}/boxes", new { boxes = Array.Empty<AppBox>() }), "token");
        using var foreign = new HttpRequestMessage(HttpMethod.Put, $"images/{_id}/boxes") { Content = Json($$"""{"boxes":[{{Good}}]}""") };
        foreign.Headers.Add("Origin", "https://evil.example");
        await Refused(HttpStatusCode.Forbidden, _client.Http.SendAsync(foreign), "another origin");
    }

    [Fact]
    public async Task WhatIsBeyondTheImageIsCutOff()
    {
        (await _client.Mark(_id, new AppBox("  disc ", -5, 3, 1e30, 50))).EnsureSuccessStatusCode();

        Assert.Equal([new AppBox("disc", 0, 3, 128, 50)], (await _client.Boxes(_id)).Boxes!);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _client.Dispose();
        _app.Dispose();
        _data.Dispose();
    }

    private Task<HttpResponseMessage> Put(string body) => _client.Http.PutAsync($"images/{_id}/boxes", Json(body));

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task Refused(HttpStatusCode status, Task<HttpResponseMessage> asked, string reason)
    {
        using var answer = await asked;
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null((await _client.Boxes(_id)).Boxes);
        Assert.Equal(0, (await _client.State()).Counts.Labelled);
    }
}
