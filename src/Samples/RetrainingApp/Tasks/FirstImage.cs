using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks;

/// <summary>An image to begin with.</summary>
/// <param name="Bytes">Of its file.</param>
/// <param name="Name">For show.</param>
internal sealed record FirstImage(byte[] Bytes, string Name, Annotation Annotation)
{
    /// <summary>Where it came from, for messages.</summary>
    public string Path { get; init; } = Name;
}
