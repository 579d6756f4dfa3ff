namespace Samples.RetrainingApp.Predicting;

/// <summary>What a model is given.</summary>
internal sealed class ImageInput
{
    /// <summary>The bytes of an image file.</summary>
    public byte[] Image { get; set; } = [];
}
