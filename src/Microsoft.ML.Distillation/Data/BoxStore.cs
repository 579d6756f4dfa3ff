using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>What is on the images of a <see cref="PixelStore"/>, row by row, in stored pixels; and where each image lies in its stored pixels.</summary>
internal sealed class BoxStore
{
    private readonly List<int> _ends = [];
    private readonly List<int> _classes = [];
    private readonly List<float> _boxes = [];
    private readonly List<float> _confidences = [];
    private readonly List<Letterbox> _letterboxes = [];

    /// <summary>Rows.</summary>
    public int Count => _ends.Count;

    /// <summary>Objects on all images together.</summary>
    public int ObjectCount => _classes.Count;

    /// <summary>Whether objects were found, not given, so that somebody is more or less sure of each.</summary>
    public bool HasConfidences { get; private set; }

    public Letterbox Letterbox(int row) => _letterboxes[row];

    /// <summary>Class of each object on an image, from 0.</summary>
    public ReadOnlySpan<int> Classes(int row) => CollectionsMarshal.AsSpan(_classes)[Start(row).._ends[row]];

    /// <summary>x0 y0 x1 y1 of each object on an image, in stored pixels.</summary>
    public ReadOnlySpan<float> Boxes(int row) => CollectionsMarshal.AsSpan(_boxes)[(4 * Start(row))..(4 * _ends[row])];

    /// <summary>How sure the class of each object on an image is, 0…1.</summary>
    public ReadOnlySpan<float> Confidences(int row) => CollectionsMarshal.AsSpan(_confidences)[Start(row).._ends[row]];

    /// <param name="letterbox">Where the image lies in its stored pixels.</param>
    /// <param name="classes">Class of each object, from 0.</param>
    /// <param name="boxes">x0 y0 x1 y1 of each object, in pixels of the original image.</param>
    public void Add(Letterbox letterbox, ReadOnlySpan<int> classes, ReadOnlySpan<float> boxes)
    {
        var first = _boxes.Count;
        AddStored(letterbox, classes, boxes);
        letterbox.ToInput(boxes, CollectionsMarshal.AsSpan(_boxes)[first..]);
    }

    /// <param name="letterbox">Where the image lies in its stored pixels.</param>
    /// <param name="classes">Class of each object, from 0.</param>
    /// <param name="boxes">x0 y0 x1 y1 of each object, in stored pixels.</param>
    /// <param name="confidences">How sure the class of each is, 0…1; empty where they all are.</param>
    public void AddStored(Letterbox letterbox, ReadOnlySpan<int> classes, ReadOnlySpan<float> boxes, ReadOnlySpan<float> confidences = default)
    {
        if (boxes.Length != 4 * classes.Length)
            throw new ArgumentException($"There are {boxes.Length} numbers for {classes.Length} objects; 4 each are needed.", nameof(boxes));
        if (!confidences.IsEmpty && confidences.Length != classes.Length)
            throw new ArgumentException($"There are {confidences.Length} confidences for {classes.Length} objects; one each is needed.", nameof(confidences));
        HasConfidences |= !confidences.IsEmpty;
        _letterboxes.Add(letterbox);
        _classes.AddRange(classes);
        _boxes.AddRange(boxes);
        _ends.Add(_classes.Count);
        _confidences.AddRange(confidences);
        while (_confidences.Count < _classes.Count)
            _confidences.Add(1);
    }

    /// <summary>Some of the rows as a store of their own.</summary>
    public BoxStore Only(IEnumerable<int> rows)
    {
        var some = new BoxStore { HasConfidences = HasConfidences };
        foreach (var row in rows)
        {
            some._letterboxes.Add(Letterbox(row));
            some._classes.AddRange(Classes(row));
            some._boxes.AddRange(Boxes(row));
            some._confidences.AddRange(Confidences(row));
            some._ends.Add(some._classes.Count);
        }
        return some;
    }

    /// <summary>The same objects, all of class 0.</summary>
    public BoxStore OfOneClass()
    {
        var one = Only(Enumerable.Range(0, Count));
        CollectionsMarshal.AsSpan(one._classes).Clear();
        return one;
    }

    /// <summary>Tells the objects and where images lie from others.</summary>
    public string Fingerprint()
    {
        var hash = new ContentHash();
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_ends)));
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_classes)));
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_boxes)));
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_confidences)));
        hash.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_letterboxes)));
        return $"{ObjectCount} objects, content {hash}";
    }

    private int Start(int row) => row == 0 ? 0 : _ends[row - 1];
}
