using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>What of an ML.NET model's output a student learns.</summary>
public sealed class TransformerTeacherOptions
{
    /// <summary>What to call the teacher in messages and reports.</summary>
    /// <value>Default: <c>transformer teacher</c>.</value>
    public string Name { get; init; } = "transformer teacher";

    /// <summary>The model's output with a score for each class: a vector of <see cref="float"/> of known length.</summary>
    /// <value>Default: <c>Score</c>.</value>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The classes in the order of the scores.</summary>
    /// <value>Default: null, which is the score column's slot names, as ML.NET's trainers give them. Without those either, the order must be that of the
    /// labels' keys, which is checked on labelled images before training.</value>
    public IReadOnlyList<string>? ClassNames { get; init => field = value?.ToArray(); }

    /// <summary>What the scores are.</summary>
    /// <value>Default: <see cref="ScoreKind.Auto"/>: probabilities if every row looks like it, else logits.</value>
    public ScoreKind Scores { get; init; }

    /// <summary>
    /// Take the scores of images as they are for images that augmentation cropped or cut out. A crop may have cut the object off, and the scores don't
    /// tell. Mirrored images need no leave: their scores are taken for those of the image itself in any case.
    /// </summary>
    /// <value>Default: false, so that such augmentation is an error.</value>
    public bool AllowUnscoredChanges { get; init; }

    internal void Validate(Faults faults)
    {
        faults.AddIf(string.IsNullOrWhiteSpace(Name), "TransformerTeacherOptions.Name is empty; name the teacher.");
        faults.AddIf(string.IsNullOrWhiteSpace(ScoreColumnName), "TransformerTeacherOptions.ScoreColumnName is empty; name the column with the scores.");
        if (ClassNames is { } names && names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            faults.Add($"{Name} has class names that are not distinct.");
    }
}
