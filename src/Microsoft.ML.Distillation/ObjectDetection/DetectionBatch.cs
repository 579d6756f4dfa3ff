namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>A batch in ordinary memory: stored images, how to make augmented ones of them, and what will be on these.</summary>
/// <param name="size">Augmented images.</param>
/// <param name="rowBytes">Bytes of a stored image.</param>
internal sealed class DetectionBatch(int size, int rowBytes)
{
    private readonly List<byte[]> _pixels = [];

    /// <summary>The rows the images come from; of a mosaic, the one whose turn it was.</summary>
    public int[] Rows { get; } = new int[size];

    /// <summary>The first, second, … stored image of each augmented one: N×3×H×W bytes each.</summary>
    public IReadOnlyList<byte[]> Pixels => _pixels;

    /// <summary>Stored images of which an augmented one is made at most.</summary>
    public int Tiles { get; private set; }

    /// <summary>Tiles×N×<see cref="TilePlacement.Length"/>.</summary>
    public float[] Placements { get; private set; } = [];

    /// <summary>N×3: what hue, saturation and brightness are multiplied by.</summary>
    public float[] Colours { get; } = new float[3 * size];

    /// <summary>T×6: image of the batch, class, x0 y0 x1 y1 in pixels of the augmented image.</summary>
    public List<float> Targets { get; } = [];

    /// <summary>The most objects on one image.</summary>
    public int MostInOne
    {
        get
        {
            var counts = new int[Rows.Length];
            for (var i = 0; i < Targets.Count; i += TilePlacement.TargetLength)
                counts[(int)Targets[i]]++;
            return counts.Max();
        }
    }

    /// <summary>Makes room for a new batch.</summary>
    public void Clear(int tiles)
    {
        Tiles = tiles;
        Targets.Clear();
        while (_pixels.Count < tiles)
            _pixels.Add(new byte[checked(size * rowBytes)]);
        if (Placements.Length != tiles * size * TilePlacement.Length)
            Placements = new float[tiles * size * TilePlacement.Length];
    }
}
