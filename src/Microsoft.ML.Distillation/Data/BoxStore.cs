using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>What is on the images of a <see cref="PixelStore"/>, row by row, in stored pixels; and where each image lies in its stored pixels.</summary>
internal sealed class BoxStore
{
    private readonly List<int> _ends = [];
    private readonly List<int> _classes = [];
    private readonly List<float> _boxes = [];
    private readonly List<Letterbox> _letterboxes = [];

    /// <summary>Rows.</summary>
    public int Count => _ends.Count;

    /// <summary>Objects on all images together.</summary>
    public int ObjectCount => _classes.Count;

    public Letterbox Letterbox(int row) => _letterboxes[row];

    /// <summary>Class of each object on an image, from 0.</summary>
    public ReadOnlySpan<int> Classes(int row) => CollectionsMarshal.AsSpan(_classes)[Start(row).._ends[row]];

    /// <summary>x0 y0 x1 y1 of each object on an image, in stored pixels.</summary>
    public ReadOnlySpan<float> Boxes(int row) => CollectionsMarshal.AsSpan(_boxes)[(4 * Start(row))..(4 * _ends[row])];

    /// <param name="letterbox">Where the image lies in its stored pixels.</param>
    /// <param name="classes">Class of each object, from 0.</param>
    /// <param name="boxes">x0 y0 x1 y1 of each object, in pixels of the original image.</param>
    public void Add(Letterbox letterbox, ReadOnlySpan<int> classes, ReadOnlySpan<float> boxes)
    {
        if (boxes.Length != 4 * classes.Length)
            throw new ArgumentException($"There are {boxes.Length} numbers for {classes.Length} objects; 4 each are needed.", nameof(boxes));
        var first = _boxes.Count;
        _letterboxes.Add(letterbox);
        _classes.AddRange(classes);
        _boxes.AddRange(boxes);
        _ends.Add(_classes.Count);
        letterbox.ToInput(boxes, CollectionsMarshal.AsSpan(_boxes)[first..]);
    }

    /// <summary>Some of the rows as a store of their own.</summary>
    public BoxStore Only(IEnumerable<int> rows)
    {
        var some = new BoxStore();
        foreach (var row in rows)
        {
            some._letterboxes.Add(Letterbox(row));
            some._classes.AddRange(Classes(row));
            some._boxes.AddRange(Boxes(row));
            some._ends.Add(some._classes.Count);
        }
        return some;
    }

    /// <summary>Tells the objects and where images lie from others.</summary>
    public string Fingerprint()
    {
        var hash = new ContentHash();
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_ends)));
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_classes)));
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_boxes)));
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_letterboxes)));
        return $"{ObjectCount} objects, content {hash}";
    }

    private int Start(int row) => row == 0 ? 0 : _ends[row - 1];
}
