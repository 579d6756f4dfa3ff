using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>The shape of a data view's schema, as an estimator chain shows it to its links.</summary>
internal static class Shapes
{
    public static SchemaShape Of(IDataView data)
    {
        var probe = new Probe();
        new EstimatorChain<ITransformer>().Append(probe).Fit(data);
        return probe.Seen!;
    }

    /// <summary>A link that changes nothing and remembers the shape it was shown.</summary>
    internal sealed class Probe : IEstimator<ITransformer>
    {
        public SchemaShape? Seen { get; private set; }

        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Seen = inputSchema;
    }
}
