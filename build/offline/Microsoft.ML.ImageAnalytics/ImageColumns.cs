using System.IO;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML;

/// <summary>Checks and model-file helpers that the image transformers share.</summary>
internal static class ImageColumns
{
    internal static ImageDataViewType RequireImage(DataViewSchema.Column column) =>
        column.Type as ImageDataViewType ?? throw Check.ColumnMismatch("input", column.Name, "image", column.Type);

    internal static void RequireImage(SchemaShape inputSchema, string name)
    {
        var column = Check.NotNull(inputSchema, nameof(inputSchema)).Find(name);
        if (column.ItemType is not ImageDataViewType || column.Kind != SchemaShape.Column.VectorKind.Scalar)
            throw Check.ColumnMismatch("input", name, "image", column.TypeText);
    }

    internal static void Write(BinaryWriter writer, InputOutputColumnPair pair) => InputOutputColumnPair.Write(writer, [pair]);

    internal static InputOutputColumnPair Read(BinaryReader reader) => InputOutputColumnPair.Read(reader)[0];
}
