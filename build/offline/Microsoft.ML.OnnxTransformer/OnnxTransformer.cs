using System;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>Adds the outputs of an ONNX model, run on each row by itself.</summary>
[ModelKind("Onnx")]
public sealed class OnnxTransformer : RowToRowTransformerBase, IDisposable
{
    // The entry from which others take the model out of a saved pipeline.
    private const string ModelEntry = "OnnxModel";

    private readonly OnnxModelSettings _settings;

    internal OnnxTransformer(IHostEnvironment env, OnnxModelSettings settings, byte[] bytes, string path)
        : base(env, nameof(OnnxTransformer)) =>
        (_settings, Model) = (settings, new OnnxModel(bytes, path, settings));

    internal OnnxModel Model { get; }

    public void Dispose() => Model.Dispose();

    internal static OnnxTransformer Load(ModelLoadContext ctx) => new(ctx.Environment, OnnxModelSettings.Load(ctx), ctx.LoadBytes(ModelEntry), null);

    internal override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SaveBytes(ModelEntry, Model.Bytes);
        _settings.Save(ctx.Writer);
    }

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(Model, inputSchema);

    private sealed class Mapper : RowMapper
    {
        private readonly OnnxModel _model;
        private readonly DataViewSchema.Column[] _columns;

        internal Mapper(OnnxModel model, DataViewSchema inputSchema)
            : base(inputSchema)
        {
            _model = model;
            _columns = [.. model.Inputs.Select(RequireInput)];
            foreach (var output in model.Outputs)
                AddOutput(new(output.ColumnName, output.Type), null, _columns);
        }

        internal override Delegate[] MakeGetters(DataViewRow input, Func<int, bool> isActive, out Action dispose)
        {
            dispose = null;
            if (!_model.Outputs.Where((_, i) => isActive(i)).Any())
                return new Delegate[_model.Outputs.Count];
            var row = new OnnxRow(_model, input, _columns, _model.Outputs.Where((_, i) => isActive(i)));
            dispose = row.Dispose;
            return [.. _model.Outputs.Select((output, i) => isActive(i) ? row.Getter(output) : null)];
        }

        private DataViewSchema.Column RequireInput(OnnxInputInfo input)
        {
            var column = RequireColumn(input.Name);
            var item = column.Type.ItemType();
            // A key serves where its bare number is asked for.
            if (!item.Equals(input.ItemType) && !(item is KeyDataViewType && item.RawType == input.ItemType.RawType))
                throw Check.ColumnMismatch("input", input.Name, input.ItemType, column.Type);
            int count = column.Type is not VectorDataViewType vector ? 1 : vector.IsKnownSize ? vector.Size : 0;
            if (!input.Shape.Contains(0) && count % input.Shape.Aggregate((product, size) => product * size) != 0)
                throw new InvalidOperationException(
                    $"Input shape mismatch: Input '{input.Name}' has shape {string.Join(",", input.Shape)}, but input data is of length {count}.");
            return column;
        }
    }
}
