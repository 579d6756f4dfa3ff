using Microsoft.ML.Distillation;
using Samples.Common.Drawing;

namespace Samples.ObjectDetection.Data;

/// <summary>Annotated images, split into those to learn from, those to watch training by, and those to be judged on.</summary>
/// <param name="Name">Of the folder or file they came from.</param>
/// <param name="Format">Of the annotations.</param>
/// <param name="Classes">Of all objects, in alphabetical order.</param>
/// <param name="Validation">Empty where the data has no third part.</param>
/// <param name="Test">With crowds, where the annotations mark any, which <c>EvaluateObjectDetection</c> counts neither for nor against a model.</param>
internal sealed record Dataset(
    string Name, string Format, IReadOnlyList<string> Classes, IReadOnlyList<AnnotatedImage> Train, IReadOnlyList<AnnotatedImage> Validation, IReadOnlyList<AnnotatedImage> Test)
{
    private const ulong Stream = 4;

    /// <summary>Objects whose boxes have no area, as hasty clicks in labelling tools make them; they are left out, their images not.</summary>
    public int LeftOut { get; init; }

    /// <summary>At most <paramref name="count"/> training images, drawn by the seed, in their order.</summary>
    public IReadOnlyList<AnnotatedImage> Some(int count, int seed) => Drawn(Train, Math.Min(count, Train.Count), seed, Stream).Taken;

    /// <summary>A row without boxes that hold a crowd, which would teach that one thing is as large as many.</summary>
    public static AnnotatedImage WithoutCrowds(AnnotatedImage row) => Only(row, i => !row.IsCrowd[i]);

    /// <summary>A row with some of its objects.</summary>
    public static AnnotatedImage Only(AnnotatedImage row, Func<int, bool> isKept)
    {
        int[] kept = [.. Enumerable.Range(0, row.Label.Length).Where(isKept)];
        return kept.Length == row.Label.Length ? row : new AnnotatedImage
        {
            ImagePath = row.ImagePath,
            Label = [.. kept.Select(i => row.Label[i])],
            BoundingBoxes = [.. kept.SelectMany(i => row.BoundingBoxes[(4 * i)..(4 * i + 4)])],
            Area = [.. kept.Select(i => row.Area[i])],
            IsCrowd = [.. kept.Select(i => row.IsCrowd[i])],
            Width = row.Width,
            Height = row.Height,
        };
    }

    /// <summary>Draws some of the rows; each one's draw depends on its place alone.</summary>
    public static (List<AnnotatedImage> Taken, List<AnnotatedImage> Left) Drawn(IReadOnlyList<AnnotatedImage> rows, int count, int seed, ulong stream)
    {
        var taken = rows.Select((_, i) => (i, draw: new CountedRandom((ulong)seed, stream, (ulong)i).Next())).OrderBy(pair => pair.draw).Take(count).Select(pair => pair.i).ToHashSet();
        return ([.. rows.Where((_, i) => taken.Contains(i))], [.. rows.Where((_, i) => !taken.Contains(i))]);
    }
}
