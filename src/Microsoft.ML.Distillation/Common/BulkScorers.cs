namespace Microsoft.ML.Distillation.Common;

/// <summary>A fitted model's scorers, one for each size of batches that was asked for. Several threads may ask at once.</summary>
/// <param name="graph">The model's ONNX graph.</param>
internal sealed class BulkScorers(ITransformer model, byte[] graph) : IDisposable
{
    private readonly List<BulkScorer> _scorers = [];

    public IDataView Transform(IDataView input, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return Of(batchSize).Transform(input);
    }

    public void Dispose()
    {
        lock (_scorers)
        {
            _scorers.ForEach(scorer => scorer.Dispose());
            _scorers.Clear();
        }
    }

    private BulkScorer Of(int batchSize)
    {
        lock (_scorers)
        {
            var scorer = _scorers.Find(s => s.BatchSize == batchSize);
            if (scorer is null)
                _scorers.Add(scorer = new BulkScorer(model, graph, batchSize));
            return scorer;
        }
    }
}
