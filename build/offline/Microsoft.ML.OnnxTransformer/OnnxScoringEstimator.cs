using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

public sealed class OnnxScoringEstimator : TrivialEstimator<OnnxTransformer>
{
    internal OnnxScoringEstimator(IHostEnvironment env, OnnxModelSettings settings, byte[] bytes, string path)
        : base(Check.NotNull(env, nameof(env)).Register(nameof(OnnxTransformer)), new OnnxTransformer(env, settings, bytes, path))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        foreach (var input in Transformer.Model.Inputs)
        {
            var column = inputSchema.Find(input.Name);
            if (!column.ItemType.Equals(input.ItemType))
                throw Check.ColumnMismatch("input", input.Name, input.ItemType, column.TypeText);
        }
        return inputSchema.With([.. Transformer.Model.Outputs.Select(output => SchemaShape.Column.Of(output.Name, output.Type))]);
    }
}
