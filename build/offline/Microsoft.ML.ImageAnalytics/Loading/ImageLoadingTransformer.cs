using System;
using System.IO;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

[ModelKind("ImageLoading")]
public sealed class ImageLoadingTransformer : OneToOneTransformerBase
{
    private readonly bool _asImage;

    public readonly string ImageFolder;

    internal ImageLoadingTransformer(IHostEnvironment env, string imageFolder, bool asImage, InputOutputColumnPair columns)
        : base(env, nameof(ImageLoadingTransformer)) =>
        (ImageFolder, _asImage, Columns) = (imageFolder, asImage, columns);

    internal InputOutputColumnPair Columns { get; }

    internal DataViewType OutputType => _asImage ? new ImageDataViewType() : new VectorDataViewType(NumberDataViewType.Byte);

    internal static ImageLoadingTransformer Load(ModelLoadContext ctx)
    {
        var columns = ImageColumns.Read(ctx.Reader);
        string folder = ctx.Reader.ReadBoolean() ? ctx.Reader.ReadString() : null;
        return new(ctx.Environment, folder, ctx.Reader.ReadBoolean(), columns);
    }

    internal override void SaveModel(ModelSaveContext ctx)
    {
        ImageColumns.Write(ctx.Writer, Columns);
        ctx.Writer.Write(ImageFolder != null);
        if (ImageFolder != null)
            ctx.Writer.Write(ImageFolder);
        ctx.Writer.Write(_asImage);
    }

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    private string FullPath(ReadOnlyMemory<char> path) =>
        string.IsNullOrWhiteSpace(ImageFolder) ? path.ToString() : Path.Combine(ImageFolder, path.ToString());

    private sealed class Mapper : RowMapper
    {
        private readonly ImageLoadingTransformer _parent;
        private readonly DataViewSchema.Column _input;

        internal Mapper(ImageLoadingTransformer parent, DataViewSchema inputSchema)
            : base(inputSchema)
        {
            _parent = parent;
            _input = RequireColumn(parent.Columns.InputColumnName);
            if (_input.Type is not TextDataViewType)
                throw Check.ColumnMismatch("input", _input.Name, TextDataViewType.Instance, _input.Type);
            AddOutput(new(parent.Columns.OutputColumnName, parent.OutputType), null, _input);
        }

        internal override Delegate[] MakeGetters(DataViewRow input, Func<int, bool> isActive, out Action dispose)
        {
            dispose = null;
            if (!isActive(0))
                return [null];
            var path = input.GetGetter<ReadOnlyMemory<char>>(_input);
            return [_parent._asImage ? ImageGetter(path, out dispose) : BytesGetter(path)];
        }

        /// <remarks>As in the real package an image lives until the next row's takes its place, the last one as long as the cursor.</remarks>
        private ValueGetter<MLImage> ImageGetter(ValueGetter<ReadOnlyMemory<char>> getPath, out Action dispose)
        {
            MLImage last = null;
            dispose = () => last?.Dispose();
            var path = ReadOnlyMemory<char>.Empty;
            return (ref MLImage image) =>
            {
                image?.Dispose();
                getPath(ref path);
                image = last = path.IsEmpty ? null : ReadImage(_parent.FullPath(path));
            };
        }

        private static MLImage ReadImage(string path)
        {
            byte[] pixels = ImageDecoder.TryDecode(File.ReadAllBytes(path), out int width, out int height, out string error);
            if (pixels == null)
                throw new ArgumentException($"Invalid input stream contents: '{path}' can't be loaded, {error}", "imageStream");
            return new MLImage(width, height, MLPixelFormat.Bgra32, pixels) { Tag = path };
        }

        private ValueGetter<VBuffer<byte>> BytesGetter(ValueGetter<ReadOnlyMemory<char>> getPath)
        {
            var path = ReadOnlyMemory<char>.Empty;
            return (ref VBuffer<byte> bytes) =>
            {
                getPath(ref path);
                byte[] file = path.IsEmpty ? [] : File.ReadAllBytes(_parent.FullPath(path));
                bytes = new VBuffer<byte>(file.Length, file);
            };
        }
    }
}
