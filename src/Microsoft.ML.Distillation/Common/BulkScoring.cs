using Microsoft.ML.Distillation.Scoring;

namespace Microsoft.ML.Distillation.Common;

/// <summary>How a fitted model scores many images at a time: in an ONNX Runtime session of its own, which is opened when somebody first wants to. Several threads may ask at once.</summary>
/// <param name="graph">The model's ONNX graph, or one in its place.</param>
internal sealed class BulkScoring(MLContext ml, ITransformer model, Func<byte[]> graph) : IDisposable
{
    private readonly Lock _gate = new();
    private BatchSession? _session;
    private bool _disposed;

    public IDataView Transform(IDataView input, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return new BulkScorer(model, Session(), batchSize).Transform(input);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _session?.Dispose();
            _disposed = true;
        }
    }

    private BatchSession Session()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, model);
            return _session ??= new BatchSession(graph(), ml.GpuDeviceId, ml.FallbackToCpu);
        }
    }
}
