using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>The column that tells where an image comes from, by the names such columns usually have.</summary>
internal static class SourceColumn
{
    private static readonly string[] _names = ["ImagePath", "ImageSource", "ImageFile", "FilePath", "FileName", "Path", "File", "Source"];

    /// <summary>Null where there is none.</summary>
    public static DataViewSchema.Column? Find(DataViewSchema schema)
    {
        foreach (var name in _names)
        {
            foreach (var column in schema)
            {
                if (!column.IsHidden && column.Type is TextDataViewType && column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return column;
            }
        }
        return null;
    }
}
