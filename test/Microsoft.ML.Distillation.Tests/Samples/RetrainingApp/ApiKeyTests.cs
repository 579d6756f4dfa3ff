using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Benchmarks.RetrainingApp;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>Beyond this machine the app listens with a key or not at all.</summary>
public sealed class ApiKeyTests : IDisposable
{
    private const string Key = "0123456789abcdef";
    private readonly TemporaryFolder _data = new();

    [Theory]
    [InlineData("http://0.0.0.0:5999")]
    [InlineData("http://*:5999")]
    [InlineData("http://[::]:5999")]
    [InlineData("http://192.0.2.1:5999")]
    [InlineData("http://127.0.0.1:5998;http://+:5999")]
    public void ItRefusesToListenElsewhereWithoutAKey(string urls)
    {
        var (exitCode, said) = AppProcess.Run(_data.Path, null, "--urls", urls, "--drawings", "0");

        Assert.Equal(2, exitCode);
        Assert.Contains("there is no key: set the environment variable RETRAINING_API_KEY", said, StringComparison.Ordinal);
    }

    [Fact]
    public void AShortKeyIsNone()
    {
        var (exitCode, said) = AppProcess.Run(_data.Path, "secret", "--urls", "http://0.0.0.0:5999", "--drawings", "0");

        Assert.Equal(2, exitCode);
        Assert.Contains("has 6 characters; a key needs at least 16", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAKeyEveryRequestNeedsIt()
    {
        using var app = AppProcess.StartWithKey(_data.Path, Key, "--urls", "http://0.0.0.0:0", "--drawings", "0");
        using var stranger = new HttpClient { BaseAddress = app.Url };
        foreach (var path in new[] { "", "state", "token", "events", "app.js", "nothing" })
        {
            using var refused = await stranger.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
        stranger.DefaultRequestHeaders.Add("X-Api-Key", Key + "0");
        using (var wrong = await stranger.GetAsync("state"))
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);

        using var client = await AppClient.Connect(app.Url, Key);
        Assert.Equal(0, (await client.State()).Counts.Images);
        using var browser = new HttpClient { BaseAddress = app.Url };
        browser.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{Key}")));
        Assert.Contains("<h1>", await browser.GetStringAsync(""), StringComparison.Ordinal);
    }

    [Fact]
    public void TwoAppsDoNotShareAFolder()
    {
        using var app = AppProcess.Start(_data.Path, "--drawings", "0");

        var (exitCode, said) = AppProcess.Run(_data.Path, null, "--urls", "http://127.0.0.1:0", "--drawings", "0");

        Assert.Equal(2, exitCode);
        Assert.Contains("is in use by another process", said, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();
}
