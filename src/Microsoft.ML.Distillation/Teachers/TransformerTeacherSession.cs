using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Reading;
using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>The scores an ML.NET model gave a data view's rows, by row.</summary>
internal sealed class TransformerTeacherSession : TeacherSession
{
    private readonly Lazy<Tensor> _logits;
    private readonly Device _device;

    public TransformerTeacherSession(ITransformer transformer, TransformerTeacherOptions options, IDataView rows, TeacherSettings settings)
    {
        _device = settings.Device;
        ClassCount = ScoreColumn.Find(transformer, options, rows.Schema).ClassCount;
        _logits = new Lazy<Tensor>(() => Logits(transformer.Transform(rows), options, settings.Cancellation));
        // Which rows are left out is known once the images are read; all else is better known now.
        if (rows is not KeptRows)
            _ = _logits.Value;
    }

    public override ImageSize? InputSize => null;

    public override int ClassCount { get; }

    public override long? ParameterCount => null;

    public override long? ModelBytes => null;

    public override bool ScoredBeforehand => true;

    public override bool LooksAtPixels => false;

    public override ModelOutput Forward(Tensor pixels) => throw new NotSupportedException("This teacher knows rows; it can't look at pixels.");

    public override ModelOutput Forward(Tensor pixels, IReadOnlyList<int> rows)
    {
        if (rows.Count != pixels.shape[0])
            throw new ArgumentException($"There are {pixels.shape[0]} images of {rows.Count} rows; every image needs the row it comes from.", nameof(rows));
        var places = tensor(rows.Select(r => (long)r).ToArray());
        return new ModelOutput(_logits.Value.index_select(0, places).UploadTo(_device), [], null);
    }

    public override void Dispose()
    {
        if (_logits.IsValueCreated)
            _logits.Value.Dispose();
    }

    private Tensor Logits(IDataView scored, TransformerTeacherOptions options, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var scores = Read(scored, options, cancellation);
        var values = tensor(scores.ToArray(), [scores.Count / ClassCount, ClassCount]);
        var probabilities = options.Scores == ScoreKind.Auto ? scores.Count > 0 && ScoreConversion.LookLikeProbabilities(values) : options.Scores == ScoreKind.Probabilities;
        return (probabilities ? ScoreConversion.LogOf(values) : values).DetachFromDisposeScope();
    }

    private List<float> Read(IDataView scored, TransformerTeacherOptions options, CancellationToken cancellation)
    {
        var column = scored.Schema[options.ScoreColumnName];
        var cursors = scored.GetRowCursorSet([column], ThreadLimit.Default);
        var scores = new List<float>();
        foreach (var row in RowsInOrder.Read(cursors, cursor => ScoredRow.Reader(cursor, column), new RowsFor("training"), sizeof(float) * (long)ClassCount, cancellation))
        {
            if (row.Error is { } error)
                throw new InvalidDataException($"{options.Name}: row {row.Number} can't be scored: {error.GetBaseException().Message}", error);
            if (row.Scores.Length != ClassCount || row.Scores.DenseValues().Any(s => !float.IsFinite(s)))
                throw new InvalidDataException($"{options.Name}: row {row.Number} has no usable scores in column '{options.ScoreColumnName}' ({string.Join(", ", row.Scores.DenseValues().Take(5).Select(score => FormattableString.Invariant($"{score}")))}).");
            scores.AddRange(row.Scores.DenseValues());
        }
        return scores;
    }

    private sealed class ScoredRow : OrderedRow
    {
        private VBuffer<float> _scores;

        public ref VBuffer<float> Scores => ref _scores;

        public Exception? Error { get; private set; }

        public static Action<ScoredRow> Reader(DataViewRow row, DataViewSchema.Column column)
        {
            var getScores = row.GetGetter<VBuffer<float>>(column);
            return scored =>
            {
                try
                {
                    getScores(ref scored._scores);
                }
                catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
                {
                    scored.Error = error;
                }
            };
        }

        public override void Clear() => Error = null;
    }
}
