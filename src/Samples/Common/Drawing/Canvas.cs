using System.Numerics;

namespace Samples.Common.Drawing;

/// <summary>A small RGB picture that outlines given as distances are painted on, their edges blended over one pixel.</summary>
internal sealed class Canvas(int size)
{
    private readonly Vector3[] _pixels = new Vector3[size * size];

    public int Size => size;

    public void Fill(Func<Vector2, Vector3> colour)
    {
        for (var i = 0; i < _pixels.Length; i++)
            _pixels[i] = colour(Centre(i));
    }

    /// <param name="distance">In pixels, negative inside.</param>
    /// <param name="colour">At a place.</param>
    /// <param name="opacity">0 … 1.</param>
    public void Paint(Func<Vector2, float> distance, Func<Vector2, Vector3> colour, float opacity = 1)
    {
        for (var i = 0; i < _pixels.Length; i++)
        {
            var place = Centre(i);
            var covered = Math.Clamp(.5f - distance(place), 0, 1) * opacity;
            if (covered > 0)
                _pixels[i] = Vector3.Lerp(_pixels[i], colour(place), covered);
        }
    }

    /// <summary>The smallest rectangle of pixels that holds all whose centres are inside; null where none is.</summary>
    /// <param name="distance">In pixels, negative inside.</param>
    /// <returns>Edges in pixels, the right and lower ones beyond the last pixel.</returns>
    public (int X0, int Y0, int X1, int Y1)? Bounds(Func<Vector2, float> distance)
    {
        var (x0, y0, x1, y1) = (size, size, 0, 0);
        for (var i = 0; i < _pixels.Length; i++)
        {
            if (distance(Centre(i)) < 0)
                (x0, y0, x1, y1) = (Math.Min(x0, i % size), Math.Min(y0, i / size), Math.Max(x1, i % size + 1), Math.Max(y1, i / size + 1));
        }
        return x1 == 0 ? null : (x0, y0, x1, y1);
    }

    public void AddNoise(ref CountedRandom random, float deviation)
    {
        for (var i = 0; i < _pixels.Length; i++)
            _pixels[i] += deviation * new Vector3(random.Normal(), random.Normal(), random.Normal());
    }

    /// <summary>Red, green, blue and opacity, a byte each.</summary>
    public byte[] ToRgba()
    {
        var bytes = new byte[_pixels.Length * 4];
        for (var i = 0; i < _pixels.Length; i++)
        {
            var colour = Vector3.Clamp(_pixels[i], Vector3.Zero, Vector3.One) * 255;
            bytes[4 * i] = (byte)MathF.Round(colour.X);
            bytes[4 * i + 1] = (byte)MathF.Round(colour.Y);
            bytes[4 * i + 2] = (byte)MathF.Round(colour.Z);
            bytes[4 * i + 3] = 255;
        }
        return bytes;
    }

    private Vector2 Centre(int i) => new(i % size + .5f, i / size + .5f);
}
