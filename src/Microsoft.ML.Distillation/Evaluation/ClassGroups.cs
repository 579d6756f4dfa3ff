namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>Items of all images, put together by class and within a class by image, in their order.</summary>
internal sealed class ClassGroups<T>
{
    private readonly T[] _items;
    private readonly int[] _images;
    private readonly int[] _starts;

    public ClassGroups(IReadOnlyList<EvaluatedImage> images, int classes, Func<EvaluatedImage, T[]> items, Func<T, int> classOf)
    {
        _starts = new int[classes + 1];
        for (var image = 0; image < images.Count; image++)
        {
            foreach (var item in items(images[image]))
                _starts[classOf(item) + 1]++;
        }
        for (var i = 0; i < classes; i++)
            _starts[i + 1] += _starts[i];
        (_items, _images) = (new T[_starts[classes]], new int[_starts[classes]]);
        Fill(images, items, classOf);
    }

    public ReadOnlySpan<T> Items(int @class) => _items.AsSpan(_starts[@class].._starts[@class + 1]);

    /// <summary>Which image each of the items is in; ascending.</summary>
    public ReadOnlySpan<int> Images(int @class) => _images.AsSpan(_starts[@class].._starts[@class + 1]);

    private void Fill(IReadOnlyList<EvaluatedImage> images, Func<EvaluatedImage, T[]> items, Func<T, int> classOf)
    {
        var next = _starts.AsSpan().ToArray();
        for (var image = 0; image < images.Count; image++)
        {
            foreach (var item in items(images[image]))
            {
                var place = next[classOf(item)]++;
                (_items[place], _images[place]) = (item, image);
            }
        }
    }
}
