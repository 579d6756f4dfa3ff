using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>An image's pixels as they were read. They become floats when they are scored: bytes are a third of that, and whoever reads them is not kept.</summary>
internal sealed class ImagePixels
{
    private VBuffer<float> _values;
    private byte[] _bytes = [];
    private bool _areBytes, _blueFirst;

    /// <summary>How many floats they become.</summary>
    public int Length { get; private set; }

    /// <param name="image">Null becomes black, as ML.NET's <c>ExtractPixels</c> has it.</param>
    /// <param name="pixels">Of an image that is missing.</param>
    public void Take(MLImage? image, int pixels)
    {
        var source = image is null ? default : image.Pixels;
        var length = image is null ? 4 * pixels : source.Length;
        if (_bytes.Length != length)
            _bytes = GC.AllocateUninitializedArray<byte>(length);
        if (image is null)
            Array.Clear(_bytes);
        else
            source.CopyTo(_bytes);
        (_areBytes, _blueFirst, Length) = (true, image is not null && BlueFirst(image.PixelFormat), length / 4 * 3);
    }

    /// <param name="get">Gives floats.</param>
    public void Take(ValueGetter<VBuffer<float>> get)
    {
        get(ref _values);
        (_areBytes, Length) = (false, _values.Length);
    }

    public void WriteTo(Span<float> values)
    {
        if (_areBytes)
            ImagePlanes.Write(_bytes, _blueFirst, values);
        else
            _values.CopyTo(values);
    }

    private static bool BlueFirst(MLPixelFormat format) => format switch
    {
        MLPixelFormat.Bgra32 => true,
        MLPixelFormat.Rgba32 => false,
        _ => throw new InvalidDataException($"An image's pixels are {format}; {MLPixelFormat.Bgra32} or {MLPixelFormat.Rgba32} is needed."),
    };
}
