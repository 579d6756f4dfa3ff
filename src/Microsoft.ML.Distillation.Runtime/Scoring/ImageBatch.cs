using System.Runtime.ExceptionServices;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>Images that are scored together, and what ended the reading behind them. Filled again and again, it keeps its memory.</summary>
internal sealed class ImageBatch(int most)
{
    private readonly ImagePixels[] _images = [.. Enumerable.Range(0, most).Select(_ => new ImagePixels())];

    /// <summary>Width and height of each image, where they are wanted.</summary>
    public long[] Sizes { get; } = new long[2 * most];

    public int Rows { get; private set; }

    /// <summary>Why there are no rows behind these; null where there may be some, or the data ended.</summary>
    public ExceptionDispatchInfo? Fault { get; private set; }

    /// <summary>Whether nothing is to be read behind these.</summary>
    public bool IsLast => Rows < most;

    /// <param name="read">Gives the next row; null where there is none. Its pixels are taken for others.</param>
    public void Fill(Func<ScoredImage?> read)
    {
        (Rows, Fault) = (0, null);
        try
        {
            for (; Rows < most && read() is { } image; Rows++)
            {
                (image.Pixels, _images[Rows]) = (_images[Rows], image.Pixels);
                image.Size.CopyTo(Sizes, 2 * Rows);
            }
        }
        catch (Exception error)
        {
            // The rows before it are good: it is theirs to come first.
            Fault = ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>Writes the images one after another.</summary>
    /// <param name="pixelCount">Values of an image.</param>
    public void WriteTo(Span<float> values, int pixelCount)
    {
        for (var row = 0; row < Rows; row++)
            _images[row].WriteTo(values.Slice(row * pixelCount, pixelCount));
    }
}
