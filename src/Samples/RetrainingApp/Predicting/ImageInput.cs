namespace Samples.RetrainingApp.Predicting;

/// <summary>What a model is given.</summary>
internal sealed class ImageInput
{
    /// <summary>The bytes of an image file.</summary>
    public byte[] Image { get; set; } = [];
}

/// <summary>What it gives.</summary>
internal sealed class ImagePrediction
{
    /// <summary>The most likely class.</summary>
    public string Name { get; set; } = "";

    /// <summary>The classes' probabilities.</summary>
    public float[] Score { get; set; } = [];
}

/// <summary>What the app answers.</summary>
/// <param name="Version">Whose word it is.</param>
/// <param name="Scores">Of each class, in the version's order.</param>
internal sealed record Answer(long Version, string Label, IReadOnlyList<ClassScore> Scores);

internal sealed record ClassScore(string Label, float Score);
