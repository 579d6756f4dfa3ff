namespace Samples.RetrainingApp.Retraining;

/// <summary>An image that is read when it is asked for.</summary>
internal sealed class TrainingRow(string path, string label)
{
    public byte[] Image => File.ReadAllBytes(path);

    public string Label { get; } = label;
}
