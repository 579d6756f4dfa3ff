using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
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
        using var cursor = scored.GetRowCursor([column]);
        var getScores = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> row = default;
        var scores = new List<float>();
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getScores(ref row);
            if (row.Length != ClassCount || row.DenseValues().Any(s => !float.IsFinite(s)))
                throw new InvalidDataException($"{options.Name}: row {cursor.Position} has no usable scores in column '{options.ScoreColumnName}' ({string.Join(", ", row.DenseValues().Take(5).Select(score => FormattableString.Invariant($"{score}")))}).");
            scores.AddRange(row.DenseValues());
        }
        return scores;
    }
}
