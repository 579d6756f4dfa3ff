using System;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

[ModelKind("ImagePixelExtracting")]
public sealed class ImagePixelExtractingTransformer : OneToOneTransformerBase
{
    private readonly ImagePixelExtractingEstimator.Options _options;

    internal ImagePixelExtractingTransformer(IHostEnvironment env, InputOutputColumnPair columns, ImagePixelExtractingEstimator.Options options)
        : base(env, nameof(ImagePixelExtractingTransformer)) =>
        (Columns, _options) = (columns, options);

    internal InputOutputColumnPair Columns { get; }

    internal NumberDataViewType ItemType => _options.AsFloat ? NumberDataViewType.Single : NumberDataViewType.Byte;

    internal static ImagePixelExtractingTransformer Load(ModelLoadContext ctx)
    {
        var reader = ctx.Reader;
        return new(ctx.Environment, ImageColumns.Read(reader), new((ImagePixelExtractingEstimator.ColorBits)reader.ReadByte(),
            (ImagePixelExtractingEstimator.ColorsOrder)reader.ReadByte(), reader.ReadBoolean(), reader.ReadSingle(), reader.ReadSingle(), reader.ReadBoolean()));
    }

    internal override void SaveModel(ModelSaveContext ctx)
    {
        ImageColumns.Write(ctx.Writer, Columns);
        ctx.Writer.Write((byte)_options.Colors);
        ctx.Writer.Write((byte)_options.Order);
        ctx.Writer.Write(_options.Interleave);
        ctx.Writer.Write(_options.Offset);
        ctx.Writer.Write(_options.Scale);
        ctx.Writer.Write(_options.AsFloat);
    }

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    private sealed class Mapper : RowMapper
    {
        private delegate void Extract<T>(MLImage image, Span<T> values);

        private readonly DataViewSchema.Column _input;
        private readonly ImageDataViewType _image;
        private readonly PixelExtraction _extraction;
        private readonly bool _asFloat;

        internal Mapper(ImagePixelExtractingTransformer parent, DataViewSchema inputSchema)
            : base(inputSchema)
        {
            _input = RequireColumn(parent.Columns.InputColumnName);
            _image = ImageColumns.RequireImage(_input);
            if (_image.Height <= 0 || _image.Width <= 0)
                throw Check.ColumnMismatch("input", _input.Name, "known-size image", "unknown-size image (resize it first)");
            var options = parent._options;
            _asFloat = options.AsFloat;
            _extraction = new PixelExtraction(options.Colors, options.Order, options.Interleave, options.Offset, options.Scale);
            int[] dimensions = options.Interleave ? [_image.Height, _image.Width, options.Planes] : [options.Planes, _image.Height, _image.Width];
            AddOutput(new(parent.Columns.OutputColumnName, new VectorDataViewType(parent.ItemType, dimensions)), null, _input);
        }

        internal override Delegate[] MakeGetters(DataViewRow input, Func<int, bool> isActive, out Action dispose)
        {
            dispose = null;
            if (!isActive(0))
                return [null];
            var source = input.GetGetter<MLImage>(_input);
            return [_asFloat ? Getter<float>(source, _extraction.Extract, out dispose) : Getter<byte>(source, _extraction.Extract, out dispose)];
        }

        /// <remarks>As in the real package the last row's image goes with the cursor.</remarks>
        private ValueGetter<VBuffer<T>> Getter<T>(ValueGetter<MLImage> getImage, Extract<T> extract, out Action dispose)
        {
            MLImage image = null;
            dispose = () => image?.Dispose();
            int length = _image.Height * _image.Width * _extraction.Planes;
            return (ref VBuffer<T> values) =>
            {
                getImage(ref image);
                if (image == null)
                {
                    values = new VBuffer<T>(length, 0, [], []);
                    return;
                }
                if (image.Width != _image.Width || image.Height != _image.Height)
                    throw new InvalidOperationException($"Column '{_input.Name}' holds an image of {image.Width} x {image.Height} pixels; " +
                        $"its type promises {_image.Width} x {_image.Height}. Resize images before extracting their pixels.");
                var editor = VBufferEditor.Create(ref values, length);
                extract(image, editor.Values);
                values = editor.Commit();
            };
        }
    }
}
