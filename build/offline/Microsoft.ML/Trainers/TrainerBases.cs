namespace Microsoft.ML
{
    using Microsoft.ML.Data;

    public interface IPredictionTransformer<out TModel> : ITransformer where TModel : class
    {
        TModel Model { get; }
    }

    public interface ISingleFeaturePredictionTransformer<out TModel> : IPredictionTransformer<TModel> where TModel : class
    {
        string FeatureColumnName { get; }

        DataViewType FeatureColumnType { get; }
    }

    public sealed class TrainerInfo
    {
        internal TrainerInfo(bool needNormalization, bool wantCaching) =>
            (NeedNormalization, WantCaching) = (needNormalization, wantCaching);

        public bool NeedNormalization { get; }

        public bool WantCaching { get; }
    }
}

namespace Microsoft.ML.Trainers
{
    using Microsoft.ML.Data;
    using Microsoft.ML.Runtime;

    public interface ITrainerEstimator<out TTransformer, out TModel> : IEstimator<TTransformer>
        where TTransformer : ISingleFeaturePredictionTransformer<TModel> where TModel : class
    {
        TrainerInfo Info { get; }
    }

    public abstract class TrainerEstimatorBase<TTransformer, TModel> : ITrainerEstimator<TTransformer, TModel>
        where TTransformer : ISingleFeaturePredictionTransformer<TModel> where TModel : class
    {
        public readonly SchemaShape.Column FeatureColumn;
        public readonly SchemaShape.Column LabelColumn;
        public readonly SchemaShape.Column WeightColumn;

        internal TrainerEstimatorBase(IHostEnvironment env, SchemaShape.Column feature, SchemaShape.Column label, SchemaShape.Column weight)
        {
            Environment = env;
            Host = env.Register(GetType().Name);
            (FeatureColumn, LabelColumn, WeightColumn) = (feature, label, weight);
        }

        internal IHostEnvironment Environment { get; }

        internal IHost Host { get; }

        public abstract TrainerInfo Info { get; }

        public TTransformer Fit(IDataView input)
        {
            CheckInput(SchemaShape.Create(Check.NotNull(input, nameof(input)).Schema));
            return Train(input, null);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            CheckInput(Check.NotNull(inputSchema, nameof(inputSchema)));
            return inputSchema.With(OutputColumns(inputSchema));
        }

        private void CheckInput(SchemaShape schema)
        {
            CheckColumn(schema, FeatureColumn, "feature");
            CheckColumn(schema, LabelColumn, "label");
            if (WeightColumn.IsValid)
                CheckColumn(schema, WeightColumn, "weight");
        }

        private static void CheckColumn(SchemaShape schema, SchemaShape.Column expected, string role)
        {
            var found = schema.Find(expected.Name, role);
            if (found.Kind != expected.Kind || found.IsKey != expected.IsKey || !found.ItemType.Equals(expected.ItemType))
                throw Check.ColumnMismatch(role, expected.Name, expected.TypeText, found.TypeText);
        }

        internal abstract TTransformer Train(IDataView data, TModel initial);

        internal abstract SchemaShape.Column[] OutputColumns(SchemaShape inputSchema);
    }

    public abstract class TrainerInputBase
    {
        public string FeatureColumnName = "Features";

        private protected TrainerInputBase()
        {
        }
    }

    public abstract class TrainerInputBaseWithLabel : TrainerInputBase
    {
        public string LabelColumnName = "Label";

        private protected TrainerInputBaseWithLabel()
        {
        }
    }

    public abstract class TrainerInputBaseWithWeight : TrainerInputBaseWithLabel
    {
        public string ExampleWeightColumnName = null;

        private protected TrainerInputBaseWithWeight()
        {
        }
    }
}
