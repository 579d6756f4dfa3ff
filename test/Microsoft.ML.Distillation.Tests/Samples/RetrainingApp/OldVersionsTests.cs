using System.Net;
using Benchmarks.RetrainingApp;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>Files of versions that nobody goes back to are deleted; what was said of them is not.</summary>
public sealed class OldVersionsTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    [Fact]
    public async Task TheLastFewStayBesideTheOneInServiceAndItsParent()
    {
        using (var app = SmallApp.Start(_data.Path, "--epochs", "1", "--keep", "1"))
        using (var client = await AppClient.Connect(app.Url))
        {
            for (var i = 0; i < 4; i++)
                await client.Train(promote: false);
            await ExpectFiles(client, 1, 4);
            using (var gone = await client.Serve(2, anyway: true))
                Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
            Assert.Equal(1, (await client.State()).Service);

            (await client.Serve(4, anyway: true)).EnsureSuccessStatusCode();
            await client.Train(promote: false);
            await ExpectFiles(client, 1, 4, 5);
            // The one that has just left service is the last one used.
            (await client.Serve(5, anyway: true)).EnsureSuccessStatusCode();
            await client.Train(promote: false);
            (await client.Serve(6, anyway: true)).EnsureSuccessStatusCode();
            await ExpectFiles(client, 4, 5, 6);
        }

        using var again = SmallApp.Start(_data.Path);
        using var other = await AppClient.Connect(again.Url);
        await ExpectFiles(other, 4, 5, 6);
        Assert.Equal(6, (await other.Predict(Drawings.Png("disc", 1))).Version);
    }

    public void Dispose() => _data.Dispose();

    private async Task ExpectFiles(AppClient client, params long[] expected)
    {
        var versions = (await client.State()).Versions;
        Assert.Equal(expected, versions.Where(version => version.Removed is null).Select(version => version.Id).Order());
        string[] files = [.. versions.Where(version => version.Removed is null).SelectMany(version => new[] { $"{version.File}.onnx", $"{version.File}.zip" })];
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.GetFiles(_data["models"]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
    }
}
