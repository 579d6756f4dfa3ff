using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

public abstract class PredictionTransformerBase<TModel> : IPredictionTransformer<TModel>, IDisposable where TModel : class
{
    private protected PredictionTransformerBase(TModel model) => Model = model;

    public TModel Model { get; }

    public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    public IDataView Transform(IDataView input) => new MappedDataView(Check.NotNull(input, nameof(input)), Bind(input.Schema));

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    internal abstract BoundMapper Bind(DataViewSchema inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Check.NotNull(ctx, nameof(ctx)).SetKind(GetType());
        SaveModel(ctx);
    }

    internal abstract void SaveModel(ModelSaveContext ctx);

    public void Dispose() => (Model as IDisposable)?.Dispose();
}

public abstract class SingleFeaturePredictionTransformerBase<TModel>
    : PredictionTransformerBase<TModel>, ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    private protected SingleFeaturePredictionTransformerBase(TModel model, string featureColumnName, DataViewType featureColumnType)
        : base(model) =>
        (FeatureColumnName, FeatureColumnType) = (featureColumnName, featureColumnType);

    public string FeatureColumnName { get; }

    public DataViewType FeatureColumnType { get; }

    public sealed override DataViewSchema GetOutputSchema(DataViewSchema inputSchema) =>
        Bind(Check.NotNull(inputSchema, nameof(inputSchema))).OutputSchema;
}

[ModelKind("Multiclass")]
public sealed class MulticlassPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    private readonly DataViewSchema.Column _label;

    /// <param name="model">The model, which must be one this stand-in can score with.</param>
    /// <param name="featureColumn">The features it was trained on.</param>
    /// <param name="label">The label it was trained on: its key values name the scores.</param>
    internal MulticlassPredictionTransformer(TModel model, DataViewSchema.Column featureColumn, DataViewSchema.Column label)
        : base(model, featureColumn.Name, featureColumn.Type) => _label = label;

    internal override BoundMapper Bind(DataViewSchema inputSchema) =>
        new(new MulticlassMapper((IMulticlassModel)Model, FeatureColumnName, FeatureColumnType, _label, inputSchema));

    internal override void SaveModel(ModelSaveContext ctx)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(FeatureColumnName, FeatureColumnType);
        builder.AddColumn(_label.Name, _label.Type, _label.Annotations.Only(AnnotationKinds.KeyValues));
        SchemaCodec.Write(ctx.Writer, builder.ToSchema());
        ctx.SaveModel((ICanSaveModel)Model, "Predictor");
    }
}

[ModelKind("Multiclass")]
internal static class MulticlassReader
{
    internal static ITransformer Load(ModelLoadContext ctx)
    {
        var schema = SchemaCodec.Read(ctx.Reader);
        var model = ctx.LoadModel<MaximumEntropyModelParameters>("Predictor");
        return new MulticlassPredictionTransformer<MaximumEntropyModelParameters>(model, schema[0], schema[1]);
    }
}
