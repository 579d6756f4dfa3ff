using Microsoft.ML;
using Microsoft.ML.Data;

namespace Samples.RetrainingApp.Predicting;

/// <summary>A model that many prediction engines use and none owns: an engine disposes the transformer it was made for, with which the others would still predict.</summary>
internal sealed class SharedTransformer(ITransformer model) : ITransformer
{
    public bool IsRowToRowMapper => model.IsRowToRowMapper;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => model.GetOutputSchema(inputSchema);

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => model.GetRowToRowMapper(inputSchema);

    public IDataView Transform(IDataView input) => model.Transform(input);

    void ICanSaveModel.Save(ModelSaveContext ctx) => model.Save(ctx);
}
