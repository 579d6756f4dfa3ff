using Microsoft.ML;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Predicting;

/// <summary>A version in memory.</summary>
internal sealed class LoadedModel(ModelVersion version, ITransformer transformer) : IDisposable
{
    public ModelVersion Version => version;

    public ITransformer Transformer => transformer;

    /// <summary>Frees its ONNX Runtime session.</summary>
    public void Dispose() => (transformer as IDisposable)?.Dispose();
}
