using System;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

/// <summary>Copies chosen colours of an image into a vector: plane after plane, or pixel after pixel.</summary>
internal sealed class PixelExtraction
{
    private readonly string _colours;
    private readonly bool _interleave;
    private readonly float _offset;
    private readonly float _scale;

    internal PixelExtraction(ImagePixelExtractingEstimator.ColorBits colours, ImagePixelExtractingEstimator.ColorsOrder order,
        bool interleave, float offset, float scale)
    {
        _colours = new string([.. order.ToString().Where(colour => colours.HasFlag(ToBit(colour)))]);
        _interleave = interleave;
        _offset = offset;
        _scale = scale;
    }

    internal int Planes => _colours.Length;

    private static ImagePixelExtractingEstimator.ColorBits ToBit(char colour) => colour switch
    {
        'A' => ImagePixelExtractingEstimator.ColorBits.Alpha,
        'R' => ImagePixelExtractingEstimator.ColorBits.Red,
        'G' => ImagePixelExtractingEstimator.ColorBits.Green,
        _ => ImagePixelExtractingEstimator.ColorBits.Blue,
    };

    internal void Extract(MLImage image, Span<float> values)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Pixels);
        for (int plane = 0; plane < Planes; plane++)
        {
            int shift = Shift(_colours[plane], image.PixelFormat);
            if (_interleave)
                for (int i = 0, o = plane; i < pixels.Length; i++, o += Planes)
                    values[o] = ((byte)(pixels[i] >> shift) - _offset) * _scale;
            else
                ExtractPlane(pixels, shift, values.Slice(plane * pixels.Length, pixels.Length));
        }
    }

    internal void Extract(MLImage image, Span<byte> values)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Pixels);
        for (int plane = 0; plane < Planes; plane++)
        {
            int shift = Shift(_colours[plane], image.PixelFormat);
            int step = _interleave ? Planes : 1;
            int start = _interleave ? plane : plane * pixels.Length;
            for (int i = 0, o = start; i < pixels.Length; i++, o += step)
                values[o] = (byte)(pixels[i] >> shift);
        }
    }

    private void ExtractPlane(ReadOnlySpan<uint> pixels, int shift, Span<float> plane)
    {
        var offset = new Vector<float>(_offset);
        var scale = new Vector<float>(_scale);
        var mask = new Vector<uint>(255);
        int i = 0;
        for (; i <= pixels.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            var bytes = (new Vector<uint>(pixels[i..]) >> shift) & mask;
            ((Vector.ConvertToSingle(Vector.AsVectorInt32(bytes)) - offset) * scale).CopyTo(plane[i..]);
        }
        for (; i < pixels.Length; i++)
            plane[i] = ((byte)(pixels[i] >> shift) - _offset) * _scale;
    }

    /// <summary>By how much a little-endian pixel is shifted to bring a colour into its lowest byte.</summary>
    private static int Shift(char colour, MLPixelFormat format) => (colour, format) switch
    {
        ('A', _) => 24,
        ('G', _) => 8,
        ('R', MLPixelFormat.Rgba32) or ('B', MLPixelFormat.Bgra32) => 0,
        _ => 16,
    };
}
