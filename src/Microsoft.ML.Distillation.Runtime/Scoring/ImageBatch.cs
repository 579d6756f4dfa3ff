using System.Runtime.ExceptionServices;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>Images that are scored together, and what ended the reading behind them. Filled again and again, it keeps its memory.</summary>
internal sealed class ImageBatch(int most, int pixelCount)
{
    private float[]? _pixels;

    /// <summary>One image after another; room for the most.</summary>
    public float[] Pixels => _pixels ??= GC.AllocateUninitializedArray<float>(checked(most * pixelCount));

    /// <summary>Width and height of each image, where they are wanted.</summary>
    public long[] Sizes { get; } = new long[2 * most];

    public int Rows { get; private set; }

    /// <summary>Why there are no rows behind these; null where there may be some, or the data ended.</summary>
    public ExceptionDispatchInfo? Fault { get; private set; }

    /// <summary>Whether nothing is to be read behind these.</summary>
    public bool IsLast => Rows < most;

    /// <param name="read">Puts a row into its place; false where there is none.</param>
    public void Fill(Func<ImageBatch, int, bool> read)
    {
        (Rows, Fault) = (0, null);
        try
        {
            while (Rows < most && read(this, Rows))
                Rows++;
        }
        catch (Exception error)
        {
            // The rows before it are good: it is theirs to come first.
            Fault = ExceptionDispatchInfo.Capture(error);
        }
    }
}
