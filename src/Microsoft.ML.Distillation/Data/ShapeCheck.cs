using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Checks columns of a shape, before there are rows.</summary>
internal static class ShapeCheck
{
    public static void RequireImages(SchemaShape input, string name) =>
        Require(input, name, "Image", HoldsImages, "an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed");

    /// <exception cref="ArgumentException">The column is not there, or doesn't fit.</exception>
    public static void Require(SchemaShape input, string name, string role, Func<SchemaShape.Column, bool> fits, string remedy)
    {
        var found = input.Where(c => c.Name == name).ToList();
        if (found.Count == 0)
            throw new ArgumentException($"{role} column '{name}' is not in the data; it has {string.Join(", ", input.Select(c => $"'{c.Name}'"))}. Name the right one in the options, or add the step that makes it.", nameof(name));
        if (!fits(found[0]))
            throw new ArgumentException($"{role} column '{name}' is {found[0].Kind} of {found[0].ItemType}; {remedy}.", nameof(name));
    }

    private static bool HoldsImages(SchemaShape.Column column) =>
        column.Kind == SchemaShape.Column.VectorKind.Scalar ? column.ItemType is ImageDataViewType : column.ItemType == NumberDataViewType.Byte;
}
