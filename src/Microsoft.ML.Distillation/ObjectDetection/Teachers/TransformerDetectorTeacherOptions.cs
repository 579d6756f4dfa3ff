using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>Which columns of an ML.NET detector's output are what it found.</summary>
public sealed class TransformerDetectorTeacherOptions
{
    /// <summary>What to call the teacher in messages and reports.</summary>
    /// <value>Default: <c>transformer detector</c>.</value>
    public string Name { get; init; } = "transformer detector";

    /// <summary>The training rows' image, decoded or as the bytes of its file: its size tells where boxes lie.</summary>
    /// <value>Default: <c>Image</c>.</value>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>The model's output with the class of each object: a vector of keys or of text.</summary>
    /// <value>Default: <c>PredictedLabel</c>.</value>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>The model's output with the score of each object: a vector of <see cref="float"/> or <see cref="double"/>, 0…1.</summary>
    /// <value>Default: <c>Score</c>.</value>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The model's output with the box of each object: a vector of <see cref="float"/> or <see cref="double"/>, x0 y0 x1 y1 of one after another, in pixels of the image as it is.</summary>
    /// <value>Default: <c>PredictedBoundingBoxes</c>.</value>
    public string PredictedBoundingBoxColumnName { get; init; } = "PredictedBoundingBoxes";

    /// <summary>The classes: of keys without values in their order, of text all that occur. Keys with values name their classes themselves.</summary>
    /// <value>Default: null. Needed where the predicted label is text.</value>
    public IReadOnlyList<string>? ClassNames { get; init => field = value?.ToArray(); }

    internal void Validate(Faults faults)
    {
        faults.AddIf(string.IsNullOrWhiteSpace(Name), "TransformerDetectorTeacherOptions.Name is empty; name the teacher.");
        foreach (var (name, option) in new[]
        {
            (ImageColumnName, nameof(ImageColumnName)), (PredictedLabelColumnName, nameof(PredictedLabelColumnName)), (ScoreColumnName, nameof(ScoreColumnName)),
            (PredictedBoundingBoxColumnName, nameof(PredictedBoundingBoxColumnName)),
        })
            faults.AddIf(string.IsNullOrWhiteSpace(name), $"TransformerDetectorTeacherOptions.{option} is empty; name the column.");
        faults.AddIf(ClassNames is { Count: 0 }, $"{Name}: ClassNames is empty; name the classes, or leave it null.");
        if (ClassNames is { } names && names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            faults.Add($"{Name} has class names that are not distinct.");
    }
}
