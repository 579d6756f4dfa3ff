namespace Samples.Common.Images;

/// <summary>A row of data: where the image is, and what it shows.</summary>
internal sealed class ImageRow
{
    public string ImagePath { get; set; } = "";

    public string Label { get; set; } = "";
}

/// <summary>Labelled images, split into those to learn from and those to be judged on.</summary>
/// <param name="Name">Of the folder or file they came from.</param>
/// <param name="Classes">In alphabetical order.</param>
/// <param name="Train">In order of path.</param>
/// <param name="Test">In order of path.</param>
internal sealed record Dataset(string Name, IReadOnlyList<string> Classes, IReadOnlyList<ImageRow> Train, IReadOnlyList<ImageRow> Test)
{
    /// <summary>At most <paramref name="count"/> training images: the first of every class, the same number of each.</summary>
    public IReadOnlyList<ImageRow> FirstOfEachClass(int count)
    {
        if (count >= Train.Count)
            return Train;
        var each = Math.Max(1, count / Classes.Count);
        return [.. Train.GroupBy(row => row.Label).SelectMany(rows => rows.Take(each))];
    }
}
