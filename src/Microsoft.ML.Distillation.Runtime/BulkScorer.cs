using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Scoring;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A saved model with a distilled image classifier or detector in it, which scores many images at a time: ML.NET itself runs an ONNX model row by row. Columns are those that the model's own
/// <c>Transform</c> gives, and so are the numbers, but for rounding.
/// </summary>
public sealed class BulkScorer : IDisposable
{
    /// <summary>Images at a time where nobody says how many.</summary>
    public const int DefaultBatchSize = 32;

    private readonly IReadOnlyList<ITransformer> _steps;
    private readonly BatchSession _session;
    private readonly IDisposable?[] _owned;

    /// <param name="model">The whole model, chains within chains.</param>
    /// <param name="session">The classifier's or detector's ONNX graph in it.</param>
    /// <param name="batchSize">Images at a time.</param>
    /// <param name="owned">What goes with this scorer.</param>
    internal BulkScorer(ITransformer model, BatchSession session, int batchSize, params IDisposable?[] owned) =>
        (_steps, _session, BatchSize, _owned) = ([.. Flat(model)], session, batchSize, owned);

    /// <summary>Images at a time. On a CPU its processors share them: each takes some of them through the model by itself, one at least and no more than its caches have use for.</summary>
    public int BatchSize { get; }

    /// <summary>Adds the model's columns to rows. Rows are read twice at once: images by one cursor, ahead, the other columns by another.</summary>
    /// <param name="data">Rows with the columns that the model takes, in an order that is the same each time they are read.</param>
    /// <returns>A view that scores as it is read, for as long as this scorer is not disposed.</returns>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public IDataView Transform(IDataView data)
    {
        ArgumentNullException.ThrowIfNull(data);
        foreach (var step in _steps)
        {
            var outputs = Outputs(step, data.Schema);
            data = outputs.Count > 0 ? new BatchedOutputs(data, _session, outputs, BatchSize) : step.Transform(data);
        }
        return data;
    }

    /// <summary>Frees the model's ONNX Runtime sessions.</summary>
    public void Dispose()
    {
        foreach (var owned in _owned)
            owned?.Dispose();
    }

    /// <summary>The columns of the graph's outputs, where this is the step that adds them.</summary>
    private List<DataViewSchema.Column> Outputs(ITransformer step, DataViewSchema before) =>
        before.Any(c => _session.Gives(c.Name)) ? [] : [.. step.GetOutputSchema(before).Where(c => _session.Gives(c.Name))];

    /// <summary>The steps of a model, those of chains within it too.</summary>
    internal static IEnumerable<ITransformer> Flat(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flat) : [model];
}
