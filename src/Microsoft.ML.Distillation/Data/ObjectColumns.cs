using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>The columns that say what is on an image and where: a vector of keys, an object each, and a vector of four numbers an object.</summary>
internal sealed class ObjectColumns
{
    private ObjectColumns(DataViewSchema.Column labels, DataViewSchema.Column boxes, IReadOnlyList<string> classNames) => (Labels, Boxes, ClassNames) = (labels, boxes, classNames);

    public DataViewSchema.Column Labels { get; }

    /// <summary>x0 y0 x1 y1 of each object, in pixels of the original image.</summary>
    public DataViewSchema.Column Boxes { get; }

    /// <summary>The classes; key k of the labels is <c>ClassNames[k − 1]</c>.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    public static ObjectColumns Find(DataViewSchema schema, string labelColumn, string boxColumn)
    {
        var labels = Columns.Find(schema, labelColumn, "Label");
        if (labels.Type is not VectorDataViewType { ItemType: KeyDataViewType key })
            throw new ArgumentException($"Label column '{labelColumn}' is {labels.Type}; a vector of keys is needed, one for each object: add MapValueToKey(\"{labelColumn}\") to a vector of class names.", nameof(labelColumn));
        var boxes = Columns.Find(schema, boxColumn, "Bounding box");
        if (boxes.Type is not VectorDataViewType { ItemType: NumberDataViewType item } || item != NumberDataViewType.Single)
            throw new ArgumentException($"Bounding box column '{boxColumn}' is {boxes.Type}; a vector of float (Single) is needed: x0 y0 x1 y1 of each object, in pixels of the image.", nameof(boxColumn));
        return new ObjectColumns(labels, boxes, Names(labels, key));
    }

    private static string[] Names(DataViewSchema.Column labels, KeyDataViewType key)
    {
        if (key.Count == 0 || key.Count > int.MaxValue)
            throw new ArgumentException($"Label column '{labels.Name}' holds keys without a known number of classes ({key}): make them with MapValueToKey.", nameof(labels));
        var names = KeyValues.Names(labels) ?? [.. Enumerable.Range(1, (int)key.Count).Select(i => $"{i}")]; // without values its classes are its numbers
        if (names.Contains(""))
            throw new ArgumentException($"Label column '{labels.Name}' has a class without a name, which no prediction could name: {string.Join(", ", names.Select(n => $"'{n}'"))}.", nameof(labels));
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Label column '{labels.Name}' has {twice.Count()} classes named '{twice.Key}'; class names must differ.", nameof(labels));
        return names;
    }
}
