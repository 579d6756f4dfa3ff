using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>An estimator that learns nothing: its transformer is there from the start.</summary>
public abstract class TrivialEstimator<TTransformer> : IEstimator<TTransformer> where TTransformer : class, ITransformer
{
    internal TrivialEstimator(IHost host, TTransformer transformer) => (Host, Transformer) = (host, transformer);

    internal IHost Host { get; }

    internal TTransformer Transformer { get; }

    public TTransformer Fit(IDataView input)
    {
        // What the data lacks is said now, not when the first row is asked for.
        Transformer.GetOutputSchema(Check.NotNull(input, nameof(input)).Schema);
        return Transformer;
    }

    public abstract SchemaShape GetOutputSchema(SchemaShape inputSchema);
}
