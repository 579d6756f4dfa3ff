using System.Numerics;

namespace Samples.ImageClassification.Drawing;

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
