using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>The shape of data as estimators are shown it. Shapes can't be made outside of ML.NET, so a chain of estimators is asked to show one.</summary>
internal static class DataShape
{
    public static SchemaShape Of(IDataView data)
    {
        var seen = new Onlooker();
        new EstimatorChain<ITransformer>().Append(seen).Fit(data);
        return seen.Shape!;
    }

    /// <summary>A link that changes nothing and remembers the shape it is shown.</summary>
    private sealed class Onlooker : IEstimator<ITransformer>
    {
        public SchemaShape? Shape { get; private set; }

        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Shape = inputSchema;
    }
}
