namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>An image that is read when it is asked for.</summary>
internal sealed class LabelledRow(string path, string label)
{
    public byte[] Image => File.ReadAllBytes(path);

    public string Label { get; } = label;
}
