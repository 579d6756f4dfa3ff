using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>What a row says is on its image: read, checked against the image's size, and cut to it.</summary>
internal sealed class ObjectRow
{
    private static readonly string[] _coordinates = ["x0", "y0", "x1", "y1"];
    private readonly ObjectColumns _columns;
    private readonly Action _readClasses;
    private readonly ValueGetter<VBuffer<float>> _getBoxes;
    private readonly List<int> _classes = [];
    private VBuffer<float> _read;
    private float[] _boxes = [];

    public ObjectRow(DataViewRow row, ObjectColumns columns)
    {
        _columns = columns;
        _getBoxes = row.GetGetter<VBuffer<float>>(row.Schema[columns.Boxes.Name]);
        _readClasses = ClassReader(row, row.Schema[columns.Labels.Name]);
    }

    /// <summary>Class of each object, from 0.</summary>
    public ReadOnlySpan<int> Classes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_classes);

    /// <summary>x0 y0 x1 y1 of each object, in pixels of the image.</summary>
    public ReadOnlySpan<float> Boxes => _boxes.AsSpan(0, 4 * _classes.Count);

    /// <summary>Reads the classes alone, as far as they are there: a negative one is missing or out of range.</summary>
    public void ReadClasses() => _readClasses();

    /// <summary>Forgets what was read.</summary>
    public void Clear() => _classes.Clear();

    /// <summary>Reads the row, and cuts boxes that reach beyond the image at its edges.</summary>
    /// <param name="onBadObject">Told the class of an object, negative where it has none, and what is wrong with it; it is then left out. Null to throw.</param>
    /// <exception cref="InvalidDataException">
    /// Labels and boxes don't go together; or, of one object, the label is missing, or the box has a number that is not finite, has no area, or lies outside the image altogether.
    /// </exception>
    public void Read(int imageWidth, int imageHeight, Action<int, string>? onBadObject)
    {
        _readClasses();
        _getBoxes(ref _read);
        if (_read.Length != 4 * _classes.Count)
        {
            throw new InvalidDataException($"column '{_columns.Labels.Name}' has {_classes.Count} labels, and column '{_columns.Boxes.Name}' {_read.Length} numbers; "
                + $"there must be 4 for each label, x0 y0 x1 y1, so {4 * _classes.Count}.");
        }
        if (_boxes.Length < _read.Length)
            _boxes = new float[2 * _read.Length];
        _read.CopyTo(_boxes);
        for (var i = 0; i < _classes.Count; i++)
        {
            var box = _boxes.AsSpan(4 * i, 4);
            if (Fault(_classes[i], box, imageWidth, imageHeight) is { } fault)
            {
                var message = FormattableString.Invariant($"object {i}, box ({box[0]}, {box[1]}, {box[2]}, {box[3]}) of column '{_columns.Boxes.Name}': {fault}");
                if (onBadObject is null)
                    throw new InvalidDataException(message);
                onBadObject(_classes[i], message);
                Remove(i--);
                continue;
            }
            for (var k = 0; k < 4; k++)
                box[k] = Math.Clamp(box[k], 0, k % 2 == 0 ? imageWidth : imageHeight);
        }
    }

    private string? Fault(int label, ReadOnlySpan<float> box, int width, int height)
    {
        if (label < 0)
            return label == LabelColumn.OutOfRange
                ? $"its label is out of range: column '{_columns.Labels.Name}' is {_columns.Labels.Type}, and its key is greater; make it with MapValueToKey."
                : $"it has no label (column '{_columns.Labels.Name}' is missing there); leave such objects out, or give MapValueToKey all classes.";
        for (var i = 0; i < _coordinates.Length; i++)
        {
            if (!float.IsFinite(box[i]))
                return $"its {_coordinates[i]} is not finite.";
        }
        if (box[2] < box[0] || box[3] < box[1])
            return "it is inverted; x0 y0 is its upper left corner, x1 y1 its lower right one (not its width and height).";
        if (box[2] == box[0] || box[3] == box[1])
            return "it has no area; x1 must be greater than x0, and y1 than y0.";
        if (box[0] >= width || box[1] >= height || box[2] <= 0 || box[3] <= 0)
            return string.Create(CultureInfo.InvariantCulture, $"it lies outside the image of {width}×{height} pixels; boxes are in pixels of the original image.");
        return null;
    }

    private void Remove(int index)
    {
        _boxes.AsSpan(4 * (index + 1), 4 * (_classes.Count - index - 1)).CopyTo(_boxes.AsSpan(4 * index));
        _classes.RemoveAt(index);
    }

    private Action ClassReader(DataViewRow row, DataViewSchema.Column column) => ((VectorDataViewType)column.Type).ItemType.RawType switch
    {
        var t when t == typeof(uint) => ClassReader<uint>(row, column, k => ClassOf(k)),
        var t when t == typeof(byte) => ClassReader<byte>(row, column, k => ClassOf(k)),
        var t when t == typeof(ushort) => ClassReader<ushort>(row, column, k => ClassOf(k)),
        _ => ClassReader<ulong>(row, column, ClassOf),
    };

    private int ClassOf(ulong key) => key == 0 ? LabelColumn.Missing : key > (ulong)_columns.ClassNames.Count ? LabelColumn.OutOfRange : (int)(key - 1);

    private Action ClassReader<T>(DataViewRow row, DataViewSchema.Column column, Func<T, int> toClass)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> keys = default;
        return () =>
        {
            getter(ref keys);
            _classes.Clear();
            foreach (var key in keys.DenseValues())
                _classes.Add(toClass(key));
        };
    }
}
