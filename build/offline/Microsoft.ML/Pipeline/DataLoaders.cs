namespace Microsoft.ML
{
    public interface IDataLoader<in TSource> : ICanSaveModel
    {
        IDataView Load(TSource input);

        DataViewSchema GetOutputSchema();
    }

    public interface IDataLoaderEstimator<in TSource, out TLoader> where TLoader : IDataLoader<TSource>
    {
        TLoader Fit(TSource input);

        SchemaShape GetOutputSchema();
    }
}

namespace Microsoft.ML.Data
{
    // Here because the real package's overloads of Append and Save name them; nothing in the stand-in makes a loader.
    public sealed class CompositeDataLoader<TSource, TLastTransformer> : IDataLoader<TSource>, IDisposable
        where TLastTransformer : class, ITransformer
    {
        public readonly IDataLoader<TSource> Loader;
        public readonly TransformerChain<TLastTransformer> Transformer;

        public CompositeDataLoader(IDataLoader<TSource> loader, TransformerChain<TLastTransformer> transformerChain = null)
        {
            Loader = Check.NotNull(loader, nameof(loader));
            Transformer = transformerChain ?? new TransformerChain<TLastTransformer>();
        }

        public IDataView Load(TSource input) => Transformer.Transform(Loader.Load(input));

        public DataViewSchema GetOutputSchema() => Transformer.GetOutputSchema(Loader.GetOutputSchema());

        public CompositeDataLoader<TSource, TNewLast> AppendTransformer<TNewLast>(TNewLast transformer)
            where TNewLast : class, ITransformer =>
            new(Loader, Transformer.Append(transformer));

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw Check.NotOffered("Saving a data loader");

        public void Dispose() => Transformer.Dispose();
    }

    public sealed class CompositeLoaderEstimator<TSource, TLastTransformer>
        : IDataLoaderEstimator<TSource, CompositeDataLoader<TSource, TLastTransformer>>
        where TLastTransformer : class, ITransformer
    {
        private readonly IDataLoaderEstimator<TSource, IDataLoader<TSource>> _start;
        private readonly EstimatorChain<TLastTransformer> _chain;

        public CompositeLoaderEstimator(IDataLoaderEstimator<TSource, IDataLoader<TSource>> start,
            EstimatorChain<TLastTransformer> estimatorChain = null) =>
            (_start, _chain) = (Check.NotNull(start, nameof(start)), estimatorChain ?? new EstimatorChain<TLastTransformer>());

        public CompositeDataLoader<TSource, TLastTransformer> Fit(TSource input)
        {
            var loader = _start.Fit(input);
            return new(loader, _chain.Fit(loader.Load(input)));
        }

        public SchemaShape GetOutputSchema() => _chain.GetOutputSchema(_start.GetOutputSchema());

        public CompositeLoaderEstimator<TSource, TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator)
            where TNewTrans : class, ITransformer =>
            new(_start, _chain.Append(estimator));
    }
}
