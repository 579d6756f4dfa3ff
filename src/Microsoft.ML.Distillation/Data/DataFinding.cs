namespace Microsoft.ML.Distillation;

/// <summary>Something about the images that a user should know, though they can be trained on.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Data">Which data has it: <c>training</c> or <c>validation</c>.</param>
/// <param name="Count">How many rows have it, or how many objects there are of the kind.</param>
/// <param name="Text">What was found, what it means and what to do, as a sentence or two.</param>
public sealed record DataFinding(DataFindingKind Kind, string Data, int Count, string Text);

/// <summary>Kinds of <see cref="DataFinding"/>.</summary>
public enum DataFindingKind
{
    /// <summary>EXIF says that images are to be turned or mirrored for viewing; ML.NET decodes them as they are stored.</summary>
    Rotated,

    /// <summary>Images with several frames, of which the first is taken.</summary>
    Animated,

    /// <summary>Validation images whose pixels are also in the training data, so that what is measured on them is no generalisation.</summary>
    Leaked,

    /// <summary>Objects that were left out of their images, since they can't be used (<see cref="BadObjects.Drop"/>).</summary>
    DroppedObjects,
}
