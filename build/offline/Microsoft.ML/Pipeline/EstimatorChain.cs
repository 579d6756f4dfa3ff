using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    private readonly Link[] _links;

    public readonly IEstimator<TLastTransformer> LastEstimator;

    public EstimatorChain() => _links = [];

    private EstimatorChain(Link[] links)
    {
        _links = links;
        LastEstimator = links.LastOrDefault()?.Estimator as IEstimator<TLastTransformer>;
    }

    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        // A schema that does not fit is found before hours of training, not after.
        GetOutputSchema(SchemaShape.Create(Check.NotNull(input, nameof(input)).Schema));

        var transformers = new List<ITransformer>();
        var data = input;
        foreach (var link in _links)
        {
            var transformer = link.Estimator.Fit(data);
            transformers.Add(transformer);
            data = transformer.Transform(data);
            if (link.CacheAfter && link != _links[^1])
                data = new CacheDataView(data);
        }
        return new TransformerChain<TLastTransformer>(transformers, _links.Select(l => l.Scope));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        _links.Aggregate(Check.NotNull(inputSchema, nameof(inputSchema)), (shape, link) => link.Estimator.GetOutputSchema(shape));

    public EstimatorChain<TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator,
        TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
    {
        Check.NotNull(estimator, nameof(estimator));
        return new EstimatorChain<TNewTrans>([.. _links.Select(l => l.For<TNewTrans>()),
            new((IEstimator<ITransformer>)estimator, scope, false)]);
    }

    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        Check.NotNull(env, nameof(env));
        // Before the first estimator there is nothing to cache: the caller caches the data itself.
        return _links.Length == 0 ? this : new([.. _links[..^1], _links[^1] with { CacheAfter = true }]);
    }

    internal sealed record Link(IEstimator<ITransformer> Estimator, TransformerScope Scope, bool CacheAfter)
    {
        internal EstimatorChain<TOther>.Link For<TOther>() where TOther : class, ITransformer => new(Estimator, Scope, CacheAfter);
    }
}
