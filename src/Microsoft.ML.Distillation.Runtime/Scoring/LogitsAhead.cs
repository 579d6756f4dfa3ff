using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The logits of a data view's rows one after another, computed a batch at a time.</summary>
internal sealed class LogitsAhead : IDisposable
{
    private readonly BatchSession _session;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _getPixels;
    private readonly float[] _images;
    private readonly int _batchSize;
    private VBuffer<float> _pixels;
    private float[] _logits = [];
    private int _rows;
    private int _row = -1;

    public LogitsAhead(IDataView data, BatchSession session, int batchSize)
    {
        (_session, _batchSize, _images) = (session, batchSize, new float[checked(batchSize * session.PixelCount)]);
        var column = data.Schema[session.Pixels];
        _cursor = data.GetRowCursor([column]);
        _getPixels = _cursor.GetGetter<VBuffer<float>>(column);
    }

    /// <summary>Those of the row it stands on.</summary>
    public ReadOnlySpan<float> Current => _logits.AsSpan(_row * (_logits.Length / _rows), _logits.Length / _rows);

    /// <summary>Goes to the next row, of which there must be one.</summary>
    public void MoveNext()
    {
        if (++_row < _rows)
            return;
        (_row, _rows) = (0, 0);
        while (_rows < _batchSize && _cursor.MoveNext())
        {
            _getPixels(ref _pixels);
            if (_pixels.Length != _session.PixelCount)
                throw new InvalidDataException($"Row {_cursor.Position} has no image: {_pixels.Length} values for pixels, where the model takes {_session.PixelCount}. Remove such rows.");
            _pixels.CopyTo(_images, _rows++ * _session.PixelCount);
        }
        if (_rows == 0)
            throw new InvalidOperationException("The data had more rows the first time than the second: scoring in batches reads it twice at once. Cache it, or score it by Transform.");
        _logits = _session.Run(_images, _rows);
    }

    public void Dispose() => _cursor.Dispose();
}
