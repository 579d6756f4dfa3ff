using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Data;

/// <summary>What to do with bad rows while a data view is read, and what was met there.</summary>
internal sealed class RowLog(BadImages policy = BadImages.Throw, long maxPixels = ImageDecoding.DefaultMaxImagePixels)
{
    private const int RowsShown = 5, RowsLogged = 100;
    private readonly List<SkippedRow> _skipped = [];
    private readonly List<long> _rotated = [];
    private readonly List<long> _animated = [];
    private SkippedRow? _firstDropped;
    private int _dropped;

    public bool Skips => policy == BadImages.Skip;

    /// <summary>Whether the user can choose what becomes of bad rows, so that errors may say so.</summary>
    public bool Offered { get; init; }

    /// <summary>The most pixels an image may have.</summary>
    public long MaxPixels => maxPixels;

    /// <summary>Rows left out, in order.</summary>
    public IReadOnlyList<SkippedRow> Skipped => _skipped;

    public void Skip(SkippedRow row) => _skipped.Add(row);

    /// <summary>Notes an object that is left out of its row.</summary>
    /// <param name="fault">The row, and what is wrong with the object.</param>
    public void DropObject(SkippedRow fault) => (_firstDropped, _dropped) = (_firstDropped ?? fault, _dropped + 1);

    /// <summary>Leaves a bad row out, or ends the run because of it, as the policy says.</summary>
    /// <param name="fault">What is wrong, for after "Row 7 of the training data": one that begins with a colon is a clause of its own.</param>
    /// <param name="option">What the user may set, for the message.</param>
    /// <exception cref="InvalidDataException">Bad rows are not left out.</exception>
    public SkippedRow Refuse(string role, long row, string fault, string? source, Exception? error, string option = "BadImages to Skip")
    {
        var reason = fault.TrimStart(':', ' ').TrimEnd('.');
        if (!Skips)
        {
            throw new InvalidDataException(
                $"Row {row} of the {role} data{(fault[0] == ':' ? ": " : " ")}{reason}.{(source is null ? "" : $" It comes from '{source}'.")}{(Offered ? $" Mend or remove it, or set {option}." : "")}", error);
        }
        var skipped = new SkippedRow(role, row, reason, source);
        Skip(skipped);
        return skipped;
    }

    /// <exception cref="InvalidDataException">No row is left.</exception>
    public void ThrowIfNone(string role, int kept)
    {
        if (kept == 0)
            throw new InvalidDataException(Skipped.Count == 0 ? $"The {role} data has no rows." : $"All {Skipped.Count} rows of the {role} data are unusable, the first being {Skipped[0]}");
    }

    /// <summary>Notes what a row's header tells of an image that is used.</summary>
    public void Note(long row, int orientation, bool animated)
    {
        if (orientation != Headers.Exif.Upright)
            _rotated.Add(row);
        if (animated)
            _animated.Add(row);
    }

    /// <summary>The row of the data that became the store's row <paramref name="stored"/>.</summary>
    public long SourceRow(int stored)
    {
        var row = (long)stored;
        foreach (var skipped in _skipped)
        {
            if (skipped.Row > row)
                break;
            row++;
        }
        return row;
    }

    public IEnumerable<DataFinding> Findings(string role)
    {
        if (_rotated.Count > 0)
        {
            yield return new(DataFindingKind.Rotated, role, _rotated.Count, $"{_rotated.Count} {role} images are to be turned or mirrored for viewing, as EXIF says ({Rows(_rotated)}); ML.NET decodes images as they are stored, "
                + "here and at prediction. Where they should be upright, turn them beforehand, and turn those to predict on likewise.");
        }
        if (_animated.Count > 0)
            yield return new(DataFindingKind.Animated, role, _animated.Count, $"{_animated.Count} {role} images have several frames ({Rows(_animated)}); the first one is taken.");
        if (_firstDropped is not null)
            yield return new(DataFindingKind.DroppedObjects, role, _dropped, $"{_dropped} objects of the {role} data can't be used and are left out (BadObjects is Drop), the first being of {_firstDropped}");
    }

    /// <summary>Tells ML.NET's log of every row left out, and of all findings.</summary>
    public void WriteTo(IChannel channel, string role, int kept)
    {
        if (_skipped.Count > 0)
            channel.Warning(MessageSensitivity.None, $"{_skipped.Count} of {_skipped.Count + kept} rows of the {role} data are left out (BadImages is Skip).");
        foreach (var row in _skipped.Take(RowsLogged))
            channel.Warning(MessageSensitivity.UserData, $"Left out of the {role} data: {row}");
        if (_skipped.Count > RowsLogged)
            channel.Warning(MessageSensitivity.None, $"{_skipped.Count - RowsLogged} more rows are left out of the {role} data; the report's SkippedRows lists them all.");
        foreach (var finding in Findings(role))
            channel.Warning(MessageSensitivity.None, finding.Text);
    }

    private static string Rows(List<long> rows) =>
        FormattableString.Invariant($"row{(rows.Count == 1 ? "" : "s")} {string.Join(", ", rows.Take(RowsShown))}{(rows.Count > RowsShown ? ", …" : "")}");
}
