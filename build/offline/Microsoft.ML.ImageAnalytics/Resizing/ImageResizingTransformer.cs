using System;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

[ModelKind("ImageResizing")]
public sealed class ImageResizingTransformer : OneToOneTransformerBase
{
    private readonly ImageResizingEstimator.Options _options;

    internal ImageResizingTransformer(IHostEnvironment env, InputOutputColumnPair columns, ImageResizingEstimator.Options options)
        : base(env, nameof(ImageResizingTransformer)) =>
        (Columns, _options, OutputType) = (columns, options, new ImageDataViewType(options.Height, options.Width));

    internal InputOutputColumnPair Columns { get; }

    internal ImageDataViewType OutputType { get; }

    internal static ImageResizingTransformer Load(ModelLoadContext ctx) => new(ctx.Environment, ImageColumns.Read(ctx.Reader),
        new(ctx.Reader.ReadInt32(), ctx.Reader.ReadInt32(),
            (ImageResizingEstimator.ResizingKind)ctx.Reader.ReadByte(), (ImageResizingEstimator.Anchor)ctx.Reader.ReadByte()));

    internal override void SaveModel(ModelSaveContext ctx)
    {
        ImageColumns.Write(ctx.Writer, Columns);
        ctx.Writer.Write(_options.Width);
        ctx.Writer.Write(_options.Height);
        ctx.Writer.Write((byte)_options.Resizing);
        ctx.Writer.Write((byte)_options.CropAnchor);
    }

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    private sealed class Mapper : RowMapper
    {
        internal Mapper(ImageResizingTransformer parent, DataViewSchema inputSchema)
            : base(inputSchema)
        {
            var input = RequireColumn(parent.Columns.InputColumnName);
            ImageColumns.RequireImage(input);
            AddOutput(new(parent.Columns.OutputColumnName, parent.OutputType), row => Getter(row.GetGetter<MLImage>(input), parent._options), input);
        }

        /// <remarks>
        /// As in the real package: the image of the row before is disposed of, and one that has the size already is handed on as it is.
        /// Together that disposes of a caller's own images of that size once their row has passed.
        /// </remarks>
        private static ValueGetter<MLImage> Getter(ValueGetter<MLImage> getSource, ImageResizingEstimator.Options options)
        {
            MLImage source = null;
            return (ref MLImage image) =>
            {
                image?.Dispose();
                getSource(ref source);
                image = source;
                if (source == null || (source.Width == options.Width && source.Height == options.Height))
                    return;
                image = ImageResizer.Resize(source, options.Width, options.Height, options.Resizing, options.CropAnchor);
                image.Tag = source.Tag;
            };
        }
    }
}
