using System.Text.Json;

namespace Benchmarks.RetrainingApp;

internal sealed class SoakedDetector : ISoakedTask
{
    // All boxes a model has, however unsure: the more an answer says, the surer it is whose it is.
    public string[] Options { get; } = ["--task", "detection", "--drawings", "24", "--epochs", "8", "--size", "64", "--batch", "8", "--threads", "1", "--keep", "3", "--score", "0"];

    public TimeSpan Pause { get; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan Longest { get; } = TimeSpan.FromSeconds(8);

    public byte[] Image(int number) => Drawings.Scene(number).Png;

    /// <summary>All objects, and then all but the last; where there was one alone, none.</summary>
    public string[] Corrections(int number)
    {
        var boxes = Drawings.Scene(number).Boxes;
        return [Text(boxes), Text(boxes[..^1])];
    }

    public Task<HttpResponseMessage> Correct(AppClient client, string id, string correction) => client.Mark(id, JsonSerializer.Deserialize<AppBox[]>(correction)!);

    public async Task<string?> Kept(AppClient client, AppImage image) => (await client.Boxes(image.Id)).Boxes is { } boxes ? Text(boxes) : null;

    public async Task<(long Version, string Said)> Ask(AppClient client, byte[] image)
    {
        var found = await client.Find(image);
        return (found.Version, Text(found.Boxes));
    }

    private static string Text(AppBox[] boxes) => JsonSerializer.Serialize(boxes);
}
