using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed class PredictionEngineOptions
{
    public bool IgnoreMissingColumns = true;
    public SchemaDefinition InputSchemaDefinition;
    public SchemaDefinition OutputSchemaDefinition;
    public bool OwnsTransformer = true;

    public PredictionEngineOptions()
    {
    }
}

public abstract class PredictionEngineBase<TSrc, TDst> : IDisposable where TSrc : class where TDst : class, new()
{
    private readonly ITransformer _transformer;
    private readonly bool _ownsTransformer;
    private readonly ObjectRow<TSrc> _input;
    private readonly DataViewRow _output;
    private bool _disposed;

    private protected PredictionEngineBase(ITransformer transformer, PredictionEngineOptions options)
    {
        _transformer = Check.NotNull(transformer, nameof(transformer));
        _ownsTransformer = options.OwnsTransformer;
        if (!transformer.IsRowToRowMapper)
            throw Check.Param(nameof(transformer),
                $"A prediction engine needs a transformer that maps row by row; {transformer.GetType()} does not");

        var source = new ObjectSchema<TSrc>(options.InputSchemaDefinition, SchemaDefinition.Direction.Read);
        var target = new ObjectSchema<TDst>(options.OutputSchemaDefinition, SchemaDefinition.Direction.Write);
        var mapper = transformer.GetRowToRowMapper(source.Schema);
        OutputSchema = mapper.OutputSchema;
        var needed = target.Present(OutputSchema, options.IgnoreMissingColumns);
        _input = new ObjectRow<TSrc>(source, mapper.GetDependencies(needed));
        _output = mapper.GetRow(_input, needed);
        Fill = target.MakeFiller(_output, options.IgnoreMissingColumns);
    }

    public DataViewSchema OutputSchema { get; }

    private protected Action<TDst> Fill { get; }

    public TDst Predict(TSrc example)
    {
        var prediction = new TDst();
        Predict(example, ref prediction);
        return prediction;
    }

    public abstract void Predict(TSrc example, ref TDst prediction);

    private protected void MoveTo(TSrc example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _input.MoveTo(Check.NotNull(example, nameof(example)), _input.Position + 1);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _output.Dispose();
        if (_ownsTransformer)
            (_transformer as IDisposable)?.Dispose();
    }
}

public sealed class PredictionEngine<TSrc, TDst> : PredictionEngineBase<TSrc, TDst> where TSrc : class where TDst : class, new()
{
    internal PredictionEngine(ITransformer transformer, PredictionEngineOptions options) : base(transformer, options)
    {
    }

    public override void Predict(TSrc example, ref TDst prediction)
    {
        MoveTo(example);
        prediction ??= new TDst();
        Fill(prediction);
    }
}

public sealed partial class ModelOperationsCatalog
{
    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, bool ignoreMissingColumns = true,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
        where TSrc : class where TDst : class, new() =>
        CreatePredictionEngine<TSrc, TDst>(transformer, new PredictionEngineOptions
        {
            IgnoreMissingColumns = ignoreMissingColumns,
            InputSchemaDefinition = inputSchemaDefinition,
            OutputSchemaDefinition = outputSchemaDefinition,
        });

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, DataViewSchema inputSchema)
        where TSrc : class where TDst : class, new() =>
        CreatePredictionEngine<TSrc, TDst>(transformer, false,
            ObjectSchema<TSrc>.DefinitionFor(Check.NotNull(inputSchema, nameof(inputSchema))));

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, PredictionEngineOptions options)
        where TSrc : class where TDst : class, new() =>
        new(transformer, Check.NotNull(options, nameof(options)));
}
