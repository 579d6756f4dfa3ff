using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Saved models in applications that only predict, each a process of its own.</summary>
[Collection(nameof(TrainingTests))]
public class SavedModelTests(FittedPipeline fitted)
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void StockPackagesPredictWithoutLibTorch()
    {
        var expected = Quick.Scores(fitted.Model, fitted.Data);

        var said = Predict("StockPredictor", fitted.Zip, fitted.Rows);

        Assert.False(said.TorchIsMapped, "libtorch is mapped into the process.");
        Assert.False(said.TorchIsLoaded, "TorchSharp is loaded.");
        Quick.Close(expected, said.Scores, 1e-4);
        Quick.Close(PlainOnnx.Run(fitted.Student.ToOnnx(), fitted.Rows, size: 8), said.Scores, 1e-4);
        Assert.Equal(fitted.Model.Transform(fitted.Data).GetColumn<string>("PredictedName"), said.PredictedNames);
        Assert.Equal(Columns(fitted.Data.Schema).Where(c => c != "Image: Image"), said.Input);
        // The application's rows have no more than the path and the label.
        Assert.Equal(Columns(fitted.Model.GetOutputSchema(fitted.Data.Schema)).Order(), said.Output.Union(Columns(fitted.Data.Schema).Where(c => !c.StartsWith("Label", StringComparison.Ordinal))).Order());
    }

    [Fact]
    public void BytesNeedTheRuntimeAssemblyAndNoMore()
    {
        using var folder = new TemporaryFolder();
        var rows = Drawn.Rows(24);
        Drawn.Write(rows, folder.Path);
        var data = _ml.Transforms.CopyColumns("Image", "Bytes").Append(_ml.Transforms.SelectColumns("Image", "Label")).Fit(Drawn.View(_ml, rows)).Transform(Drawn.View(_ml, rows));
        var model = _ml.DistillImageClassification(Quick.Options(epochs: 1)).Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel")).Fit(data);
        _ml.Model.Save(model, data.Schema, folder["student.zip"]);

        var said = Predict("RuntimePredictor", folder["student.zip"], rows);

        Assert.False(said.TorchIsMapped, "libtorch is mapped into the process.");
        Assert.False(said.TorchIsLoaded, "TorchSharp is loaded.");
        Quick.Close(Quick.Scores(model, data), said.Scores, 1e-4);
    }

    [Fact]
    public void DecodedImagesNeedStockPackages()
    {
        using var folder = new TemporaryFolder();
        var rows = Drawn.Rows(96);
        Drawn.Write(rows, folder.Path);
        var model = new TransformerChain<ITransformer>([.. fitted.Model.Skip(2)]);
        _ml.Model.Save(model, _ml.Transforms.SelectColumns("Image", "Label").Fit(fitted.StudentData).Transform(fitted.StudentData).Schema, folder["student.zip"]);

        var said = Predict("StockPredictor", folder["student.zip"], rows);

        Quick.Close(Quick.Scores(fitted.Model, fitted.Data), said.Scores, 1e-4);
    }

    private static IEnumerable<string> Columns(DataViewSchema schema) => schema.Where(c => !c.IsHidden).Select(c => $"{c.Name}: {c.Type}");

    private static PredictorSaid Predict(string application, string model, IEnumerable<DrawnRow> rows) => Predictor.Run(application, model, rows.Select(r => r.ImagePath));
}
