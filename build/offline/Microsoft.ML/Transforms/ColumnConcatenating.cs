using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Transforms
{
    using Microsoft.ML.Data;

    public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
    {
        private readonly IHostEnvironment _env;
        private readonly string _output;
        private readonly string[] _inputs;

        internal ColumnConcatenatingEstimator(IHostEnvironment env, string output, string[] inputs)
        {
            _env = env;
            _output = Check.NotEmpty(output, "outputColumnName");
            _inputs = Check.NotEmpty(inputs, "inputColumnNames");
        }

        public ColumnConcatenatingTransformer Fit(IDataView input)
        {
            var transformer = new ColumnConcatenatingTransformer(_env, _output, _inputs);
            transformer.GetOutputSchema(Check.NotNull(input, nameof(input)).Schema);
            return transformer;
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            var sources = _inputs.Select(name => Check.NotNull(inputSchema, nameof(inputSchema)).Find(name)).ToArray();
            var first = sources[0];
            foreach (var source in sources)
            {
                if (!source.ItemType.Equals(first.ItemType) || source.IsKey != first.IsKey)
                    throw Check.ColumnMismatch("input", source.Name, $"the type of column '{first.Name}', {first.TypeText}",
                        source.TypeText);
            }
            bool isKnown = sources.All(s => s.Kind != SchemaShape.Column.VectorKind.VariableVector);
            bool isNamed = isKnown
                && sources.Any(s =>
                    s.Kind == SchemaShape.Column.VectorKind.Scalar || s.Annotations.TryFindColumn(AnnotationKinds.SlotNames, out _));
            return inputSchema.With(new SchemaShape.Column(_output,
                isKnown ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector, first.ItemType, first.IsKey,
                new(isNamed ? [SchemaShapes.VectorAnnotation(AnnotationKinds.SlotNames, TextDataViewType.Instance)] : [])));
        }
    }
}

namespace Microsoft.ML.Data
{
    [ModelKind("Concatenate")]
    public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
    {
        private readonly string _output;
        private readonly string[] _inputs;

        internal ColumnConcatenatingTransformer(IHostEnvironment env, string output, string[] inputs)
            : base(env, nameof(ColumnConcatenatingTransformer)) => (_output, _inputs) = (output, inputs);

        internal override RowMapper Bind(DataViewSchema inputSchema) => new ConcatenatingMapper(_output, _inputs, inputSchema);

        internal override void SaveModel(ModelSaveContext ctx) =>
            InputOutputColumnPair.Write(ctx.Writer, _inputs.Select(name => new InputOutputColumnPair(_output, name)).ToArray());

        internal static ColumnConcatenatingTransformer Load(ModelLoadContext ctx)
        {
            var pairs = InputOutputColumnPair.Read(ctx.Reader);
            return new(ctx.Environment, pairs[0].OutputColumnName, pairs.Select(p => p.InputColumnName).ToArray());
        }
    }
}
