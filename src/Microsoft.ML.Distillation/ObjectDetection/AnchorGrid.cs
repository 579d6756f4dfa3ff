using System.Globalization;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>A YOLO detector's anchors, level by level, finest first.</summary>
internal sealed record AnchorGrid(IReadOnlyList<AnchorLevel> Levels)
{
    // Exports round anchors, the coarsest to half precision.
    private const double Tolerance = 2e-3;

    /// <summary>Whether both have the same levels with the same anchors, up to rounding.</summary>
    public bool Matches(AnchorGrid other) => Levels.Count == other.Levels.Count && Levels.Zip(other.Levels).All(pair => Matches(pair.First, pair.Second));

    public override string ToString() => string.Join("; ", Levels);

    private static bool Matches(AnchorLevel one, AnchorLevel other) =>
        one.Stride == other.Stride && one.Anchors.Count == other.Anchors.Count
        && one.Anchors.Zip(other.Anchors).All(pair => Near(pair.First.Width, pair.Second.Width) && Near(pair.First.Height, pair.Second.Height));

    private static bool Near(double one, double other) => Math.Abs(one - other) <= Tolerance * Math.Max(one, other);
}

/// <summary>The anchors of one level.</summary>
/// <param name="Stride">Pixels of the input from one cell to the next.</param>
/// <param name="Anchors">Widths and heights in pixels of the input.</param>
internal sealed record AnchorLevel(int Stride, IReadOnlyList<(double Width, double Height)> Anchors)
{
    /// <summary>Widths and heights in cells, A×2.</summary>
    public Tensor InCells(ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        return tensor(Anchors.SelectMany(a => new[] { a.Width / Stride, a.Height / Stride }).ToArray(), [Anchors.Count, 2]).to(type, device).MoveToOuterDisposeScope();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"stride {Stride}: {string.Join(' ', Anchors.Select(a => FormattableString.Invariant($"{a.Width:0.##},{a.Height:0.##}")))}");
}
