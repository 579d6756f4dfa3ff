using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

/// <summary>Reads the files that a column of paths names.</summary>
public sealed class ImageLoadingEstimator : TrivialEstimator<ImageLoadingTransformer>
{
    internal ImageLoadingEstimator(IHostEnvironment env, string imageFolder, bool asImage, InputOutputColumnPair columns)
        : base(Check.NotNull(env, nameof(env)).Register(nameof(ImageLoadingEstimator)), new ImageLoadingTransformer(env, imageFolder, asImage, columns))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var columns = Transformer.Columns;
        var input = Check.NotNull(inputSchema, nameof(inputSchema)).Find(columns.InputColumnName);
        if (input.ItemType is not TextDataViewType || input.Kind != SchemaShape.Column.VectorKind.Scalar)
            throw Check.ColumnMismatch("input", columns.InputColumnName, TextDataViewType.Instance, input.TypeText);
        return inputSchema.With(SchemaShape.Column.Of(columns.OutputColumnName, Transformer.OutputType));
    }
}
