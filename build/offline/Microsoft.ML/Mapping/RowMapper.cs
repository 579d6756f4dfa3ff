using Microsoft.ML.Data;

namespace Microsoft.ML;

// How to write a transformer that adds columns computed from a row:
//
//   [ModelKind("Twice")]                                             // the name it is saved under; unique in its assembly
//   public sealed class TwiceTransformer : OneToOneTransformerBase   // or RowToRowTransformerBase
//   {
//       internal TwiceTransformer(IHostEnvironment env, InputOutputColumnPair[] columns) : base(env, nameof(TwiceTransformer)) { … }
//
//       internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);
//       internal override void SaveModel(ModelSaveContext ctx) => ctx.Writer.Write(…);            // and ctx.SaveBytes("OnnxModel", bytes)
//       internal static TwiceTransformer Load(ModelLoadContext ctx) => new(ctx.Environment, …ctx.Reader…);   // found by [ModelKind]
//
//       private sealed class Mapper : RowMapper
//       {
//           internal Mapper(TwiceTransformer parent, DataViewSchema inputSchema) : base(inputSchema)
//           {
//               var input = RequireColumn(parent._input);                    // throws "Could not find input column …"
//               if (input.Type != NumberDataViewType.Single)
//                   throw Check.ColumnMismatch("input", input.Name, "Single", input.Type);
//               AddOutput(new(parent._output, NumberDataViewType.Single), row => Getter(row, input), input);
//           }
//
//           private static Delegate Getter(DataViewRow row, DataViewSchema.Column input)
//           {
//               var get = row.GetGetter<float>(input);          // the cursor is positioned later: fetch values inside the getter only
//               return (ValueGetter<float>)((ref float value) => { get(ref value); value *= 2; });
//           }
//       }
//   }
//
// * A getter's T is the output type's RawType. Values that may be asked for several times a row and are dear: wrap the computation
//   in Rows.OncePerRow(row, compute), shared by the getters that use it.
// * Several outputs of one computation (ONNX): override MakeGetters, which is told which outputs are active and may return a disposer.
// * A column that isn't active is never asked for a getter, nor its inputs pulled, as far as AddOutput names the inputs.
// * A mapper and a transformer are shared by cursors and prediction engines in several threads: state belongs into MakeGetter(s).
// * Estimators without anything to learn derive from TrivialEstimator<T>; SchemaShapes has what their GetOutputSchema needs.
// * Calling a generic method for a type known at run time only: Generic.Invoke<Delegate>(MakeGetter<int>, [type], row, input).

/// <summary>What a row-to-row transformer computes, bound to one input schema.</summary>
internal abstract class RowMapper
{
    private readonly List<Output> _outputs = [];

    internal RowMapper(DataViewSchema inputSchema) => InputSchema = inputSchema;

    internal DataViewSchema InputSchema { get; }

    internal int OutputCount => _outputs.Count;

    internal DataViewSchema.DetachedColumn OutputColumn(int output) => _outputs[output].Column;

    internal DataViewSchema.Column[] Inputs(int output) => _outputs[output].Inputs;

    internal DataViewSchema.Column RequireColumn(string name, string role = "input") =>
        InputSchema.GetColumnOrNull(name) ?? throw Check.ColumnNotFound(role, name);

    /// <summary>Declares a column; <paramref name="makeGetter"/> may be null where MakeGetters is overridden.</summary>
    internal void AddOutput(DataViewSchema.DetachedColumn column, Func<DataViewRow, Delegate> makeGetter,
        params DataViewSchema.Column[] inputs) =>
        _outputs.Add(new(column, makeGetter, inputs));

    /// <summary>A ValueGetter for each active output, null for the others.</summary>
    internal virtual Delegate[] MakeGetters(DataViewRow input, Func<int, bool> isActive, out Action dispose)
    {
        dispose = null;
        return _outputs.Select((output, i) => isActive(i) ? output.MakeGetter(input) : null).ToArray();
    }

    private sealed record Output(DataViewSchema.DetachedColumn Column, Func<DataViewRow, Delegate> MakeGetter,
        DataViewSchema.Column[] Inputs);
}
