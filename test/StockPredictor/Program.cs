using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Predictor;

if (args.Length < 2)
{
    Console.Error.WriteLine("Usage: StockPredictor MODEL.zip IMAGE...");
    return 2;
}
var ml = new MLContext();
var model = ml.Model.Load(args[0], out var inputSchema);
var scored = model.Transform(Rows.Load(ml, inputSchema, args[1..]));
var detects = scored.Schema.GetColumnOrNull("PredictedBoundingBoxes") is not null;
Console.WriteLine(JsonSerializer.Serialize(new
{
    input = Columns(inputSchema),
    output = Columns(scored.Schema),
    predictedNames = detects ? null : scored.GetColumn<string>("PredictedName").ToArray(),
    objects = detects ? scored.GetColumn<string[]>("PredictedName").ToArray() : null,
    boxes = detects ? scored.GetColumn<float[]>("PredictedBoundingBoxes").ToArray() : null,
    scores = scored.GetColumn<float[]>("Score").ToArray(),
    torchIsMapped = File.Exists("/proc/self/maps") && File.ReadLines("/proc/self/maps").Any(line => line.Contains("torch", StringComparison.OrdinalIgnoreCase)),
    torchIsLoaded = AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name!.Contains("torch", StringComparison.OrdinalIgnoreCase)),
}));
return 0;

static IEnumerable<string> Columns(DataViewSchema schema) =>
    schema.Where(column => !column.IsHidden).Select(column => $"{column.Name}: {column.Type}");
