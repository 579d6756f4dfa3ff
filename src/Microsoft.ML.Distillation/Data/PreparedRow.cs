using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Headers;
using Microsoft.ML.Distillation.Reading;

namespace Microsoft.ML.Distillation.Data;

/// <summary>A row as it was read from a cursor: its pixels, or what is wrong with it.</summary>
internal class PreparedRow : OrderedRow
{
    private VBuffer<byte> _pixels;

    /// <summary>3×H×W.</summary>
    public ref VBuffer<byte> Pixels => ref _pixels;

    /// <summary>Why the row can't be used, as <see cref="RowLog.Refuse"/> takes it; null where it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>What <see cref="Fault"/> comes of, where it is an exception.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Where the image comes from, of a row with something to say about it.</summary>
    public string? Source { get; set; }

    public int Orientation { get; private set; } = Exif.Upright;

    public bool Animated { get; private set; }

    public override void Clear() => (Fault, Error, Source, Orientation, Animated) = (null, null, null, Exif.Upright, false);

    public void Refuse(string fault, Exception? error) => (Fault, Error) = (fault, error);

    public void Note(SeenImage seen) => (Orientation, Animated) = (seen.Orientation, seen.Animated);
}
