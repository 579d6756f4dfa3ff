namespace Microsoft.ML.Distillation;

/// <summary>How a model does on one class, TP being its images that were called it.</summary>
public sealed record ClassFigures
{
    /// <summary>The class.</summary>
    public required string Name { get; init; }

    /// <summary>Images of it.</summary>
    public required int Support { get; init; }

    /// <summary>TP / images called it; null where none was.</summary>
    public double? Precision { get; init; }

    /// <summary>TP / images of it; null where there are none.</summary>
    public double? Recall { get; init; }

    /// <summary>2·TP / (images called it + images of it); null where there are neither.</summary>
    public double? F1 { get; init; }

    /// <param name="confusion">Images by label (rows) and most likely class (columns).</param>
    internal static IReadOnlyList<ClassFigures> Of(int[][] confusion, IReadOnlyList<string> classNames) =>
    [
        .. classNames.Select((name, place) =>
        {
            var (right, support, called) = (confusion[place][place], confusion[place].Sum(), confusion.Sum(row => row[place]));
            return new ClassFigures { Name = name, Support = support, Precision = Share(right, called), Recall = Share(right, support), F1 = Share(2 * right, called + support) };
        }),
    ];

    private static double? Share(int part, int whole) => whole == 0 ? null : part / (double)whole;
}
