using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Samples.ModelBuilder;

namespace Microsoft.ML.Distillation.Tests.Samples.ModelBuilder;

/// <summary>Model Builder's classifier with one line changed.</summary>
public sealed class PictureModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ItTrainsMeasuresAndTellsEveryLabelWithItsScore()
    {
        LabelledFolders.Write(_folder["images"], Drawn.Rows(36), Drawn.Rows(12, seed: 2));
        File.WriteAllBytes(_folder["colours.onnx"], ColourTeacher.Model(["blue", "green", "red"], size: 32));

        var said = await SampleProcess.Run("ModelBuilder", _folder.Path, "classification", _folder["images/train"], _folder["images/test"], _folder["colours.onnx"]);

        Assert.Matches(@"^PictureModel\.mlnet: [0-9.]+ ?% of the test images are right\.$", said[^2]);
        var scores = Regex.Matches(said[^1], "(red|green|blue) ([0-9]+) ?%").Select(match => (Label: match.Groups[1].Value, Score: int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))).ToList();
        Assert.Equal(Drawn.Classes.Order(), scores.Select(pair => pair.Label).Order());
        Assert.Equal(scores.OrderByDescending(pair => pair.Score), scores);

        var ml = new MLContext();
        var model = ml.Model.Load(_folder["PictureModel.mlnet"], out var schema);
        Assert.Equal(["Label", "ImageSource"], schema.Select(column => column.Name));
        using var engine = ml.Model.CreatePredictionEngine<PictureModel.ModelInput, PictureModel.ModelOutput>(model);
        var found = engine.Predict(new() { ImageSource = File.ReadAllBytes(Directory.GetFiles(_folder["images/test/red"])[0]) });
        Assert.Contains(found.PredictedLabel, Drawn.Classes);
        Assert.Equal(3, found.Score.Length);
        var metrics = PictureModel.Evaluate(ml, model, PictureModel.LoadImageFromFolder(ml, _folder["images/test"]));
        Assert.StartsWith($"PictureModel.mlnet: {metrics.MicroAccuracy.ToString("P1", CultureInfo.InvariantCulture)}", said[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void FoldersAreLabelsAndOtherFilesAreLeftOut()
    {
        LabelledFolders.Write(_folder["images"], Drawn.Rows(6), []);
        File.WriteAllText(_folder["images/train/red/note.txt"], "");

        var rows = PictureModel.LoadImageFromFolder(new MLContext(), _folder["images/train"]);

        Assert.Equal(["blue", "blue", "green", "green", "red", "red"], rows.GetColumn<string>("Label"));
    }
}
