using System.Text.Json;

namespace Benchmarks.RetrainingApp;

internal sealed class SoakedClassifier : ISoakedTask
{
    private static readonly string[] _labels = ["bar", "disc", "ring", "star"];

    public string[] Options { get; } = ["--drawings", "120", "--epochs", "12", "--student", "resnet8", "--size", "16", "--threads", "1", "--keep", "3"];

    public TimeSpan Pause { get; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan Longest { get; } = TimeSpan.FromSeconds(3.5);

    public byte[] Image(int number) => Drawings.Png(_labels[number % _labels.Length], number);

    public string[] Corrections(int number) => [_labels[number % _labels.Length], _labels[(number + 1) % _labels.Length]];

    public Task<HttpResponseMessage> Correct(AppClient client, string id, string correction) => client.Label(id, correction);

    public Task<string?> Kept(AppClient client, AppImage image) => Task.FromResult(image.Label);

    public async Task<(long Version, string Said)> Ask(AppClient client, byte[] image)
    {
        var answer = await client.Predict(image);
        return (answer.Version, JsonSerializer.Serialize(answer));
    }
}
