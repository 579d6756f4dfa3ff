using System.Collections;

namespace Microsoft.ML.Data;

[Flags]
public enum TransformerScope
{
    None = 0,
    Training = 1 << 0,
    Testing = 1 << 1,
    Scoring = 1 << 2,
    TrainTest = Training | Testing,
    Everything = Training | Testing | Scoring,
}

[ModelKind("TransformerChain")]
public sealed class TransformerChain<TLastTransformer> : ITransformer, IEnumerable<ITransformer>, IDisposable
    where TLastTransformer : class, ITransformer
{
    private readonly ITransformer[] _transformers;
    private readonly TransformerScope[] _scopes;

    public readonly TLastTransformer LastTransformer;

    public TransformerChain(IEnumerable<ITransformer> transformers, IEnumerable<TransformerScope> scopes)
    {
        _transformers = Check.NotNull(transformers, nameof(transformers)).ToArray();
        _scopes = Check.NotNull(scopes, nameof(scopes)).ToArray();
        Check.That(_transformers.Length == _scopes.Length, nameof(scopes),
            $"There are {_transformers.Length} transformers and {_scopes.Length} scopes");
        Check.That(_transformers.All(t => t != null), nameof(transformers), "A transformer of the chain is null");
        LastTransformer = _transformers.LastOrDefault() as TLastTransformer;
        Check.That(_transformers.Length == 0 || LastTransformer != null, nameof(transformers),
            $"The chain's last transformer must be a {typeof(TLastTransformer)}; got {_transformers.LastOrDefault()?.GetType()}");
    }

    public TransformerChain(params ITransformer[] transformers)
        : this(transformers, Enumerable.Repeat(TransformerScope.Everything, transformers?.Length ?? 0))
    {
    }

    public IDataView Transform(IDataView input) => Transform(input, TransformerScope.Everything);

    public IDataView Transform(IDataView input, TransformerScope scope) =>
        InScope(scope).Aggregate(Check.NotNull(input, nameof(input)), (data, transformer) => transformer.Transform(data));

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => GetOutputSchema(inputSchema, TransformerScope.Everything);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema, TransformerScope scope) =>
        InScope(scope)
            .Aggregate(Check.NotNull(inputSchema, nameof(inputSchema)), (schema, transformer) => transformer.GetOutputSchema(schema));

    public TransformerChain<ITransformer> GetModelFor(TransformerScope scopeFilter)
    {
        var kept = Enumerable.Range(0, _transformers.Length).Where(i => (_scopes[i] & scopeFilter) != 0).ToArray();
        return new(kept.Select(i => _transformers[i]), kept.Select(i => _scopes[i]));
    }

    public TransformerChain<TNewLast> Append<TNewLast>(TNewLast transformer, TransformerScope scope = TransformerScope.Everything)
        where TNewLast : class, ITransformer =>
        new(_transformers.Append(Check.NotNull(transformer, nameof(transformer))), _scopes.Append(scope));

    public IEnumerator<ITransformer> GetEnumerator() => ((IEnumerable<ITransformer>)_transformers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    bool ITransformer.IsRowToRowMapper => _transformers.All(t => t.IsRowToRowMapper);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        if (_transformers.FirstOrDefault(t => !t.IsRowToRowMapper) is { } other)
            throw new InvalidOperationException($"The chain cannot map row by row: {other.GetType()} does not");
        return ChainMapper.Of(_transformers, Check.NotNull(inputSchema, nameof(inputSchema)));
    }

    private IEnumerable<ITransformer> InScope(TransformerScope scope) =>
        _transformers.Where((_, i) => scope == TransformerScope.Everything || (_scopes[i] & scope) != 0);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Check.NotNull(ctx, nameof(ctx)).SetKind(GetType());
        ctx.Writer.Write(_transformers.Length);
        for (int i = 0; i < _transformers.Length; i++)
        {
            ctx.Writer.Write((int)_scopes[i]);
            ctx.SaveModel(_transformers[i], $"Transform_{i:000}");
        }
    }

    public void Dispose()
    {
        foreach (var transformer in _transformers)
            (transformer as IDisposable)?.Dispose();
    }
}

[ModelKind("TransformerChain")]
internal static class TransformerChainReader
{
    internal static TransformerChain<ITransformer> Load(ModelLoadContext ctx)
    {
        var scopes = new TransformerScope[ctx.Reader.ReadInt32()];
        for (int i = 0; i < scopes.Length; i++)
            scopes[i] = (TransformerScope)ctx.Reader.ReadInt32();
        return new(scopes.Select((_, i) => ctx.LoadModel<ITransformer>($"Transform_{i:000}")), scopes);
    }
}
