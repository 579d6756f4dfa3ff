using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Tests.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;
using Microsoft.ML.Transforms.Image;
using Samples.Common.Drawing;
using Samples.ModelBuilder;

namespace Microsoft.ML.Distillation.Tests.Samples.ModelBuilder;

/// <summary>Model Builder's detector with one line changed.</summary>
public sealed class ObjectModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ItTrainsMeasuresAndFinds()
    {
        SceneFiles.Write(_folder["train"], 6, 1, 1, CancellationToken.None);
        SceneFiles.Write(_folder["test"], 2, 1, 2, CancellationToken.None);
        Teach(_folder["teacher.onnx"], _folder[$"train/{SceneFiles.Annotations}"]);

        var said = await SampleProcess.Run(
            "ModelBuilder", _folder.Path, "detection", _folder[$"train/{SceneFiles.Annotations}"], _folder[$"test/{SceneFiles.Annotations}"], _folder["teacher.onnx"], "2");

        Assert.Contains(said, line => line.StartsWith("ObjectModel.mlnet: mAP50 ", StringComparison.Ordinal));
        Assert.Contains(said, line => line.StartsWith("00000.png, 128×128: ", StringComparison.Ordinal));
        var ml = new MLContext();
        var model = ml.Model.Load(_folder["ObjectModel.mlnet"], out _);
        using var engine = ml.Model.CreatePredictionEngine<ObjectModel.ModelInput, ObjectModel.ModelOutput>(model);
        var found = engine.Predict(new() { Image = Scenes.Image(90, 40, (0, 5, 5, 60, 30)) });
        Assert.Equal((found.Score.Length, 4 * found.Score.Length), (found.PredictedLabel.Length, found.PredictedBoundingBoxes.Length));
        Assert.Equal((90, 40), (found.Image!.Width, found.Image.Height));
    }

    [Fact]
    public void VottAndCocoGiveTheSameRows()
    {
        _folder.Images("data", 4);
        File.WriteAllText(_folder["data/vott.json"], AnnotatedFolders.Vott(4));
        File.WriteAllText(_folder["data/coco.json"], AnnotatedFolders.Coco(4));
        var ml = new MLContext();

        foreach (var data in new[]
        {
            ObjectModel.LoadIDataViewFromVOTTFile(ml, _folder["data/vott.json"]), ObjectModel.LoadIDataViewFromCOCOFile(ml, _folder["data/coco.json"]),
            ObjectModel.LoadIDataViewFromFile(ml, _folder["data/vott.json"]), ObjectModel.LoadIDataViewFromFile(ml, _folder["data/coco.json"]),
        })
        {
            Assert.Equal(["cat", "dog", "cat", "dog"], data.GetColumn<string[]>("Labels").Select(Assert.Single));
            Assert.Equal([AnnotatedFolders.Cat, AnnotatedFolders.Dog, AnnotatedFolders.Cat, AnnotatedFolders.Dog], data.GetColumn<float[]>("Box"));
            Assert.IsType<ImageDataViewType>(data.Schema["Image"].Type);
        }
    }

    // Whoever changes that one line and nothing else keeps Model Builder's own letterboxing.
    [Fact]
    public void ModelBuildersOwnResizingCanStay()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(QuickDetector.Rows(8, seed: 1).Select(row => new ObjectModel.ModelInput { Image = row.Image, Labels = row.Label, Box = row.BoundingBoxes }).ToList());
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Labels")
            .Append(ml.Transforms.ResizeImages("Image", 160, 120, "Image", ImageResizingEstimator.ResizingKind.IsoPad))
            .Append(ml.DistillObjectDetection(new ObjectDetectionDistillationOptions
            {
                LabelColumnName = "Labels", BoundingBoxColumnName = "Box", ScoreColumnName = "score", ImageSize = QuickDetector.Size, Epochs = 1, BatchSize = 4, ScoreThreshold = 1e-6,
                Schedule = new ConstantRate(), Threads = 1,
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        ml.Model.Save(pipeline.Fit(data), data.Schema, _folder["model.mlnet"]);

        using var engine = ml.Model.CreatePredictionEngine<ObjectModel.ModelInput, ObjectModel.ModelOutput>(ml.Model.Load(_folder["model.mlnet"], out _));
        var found = engine.Predict(new() { Image = Scenes.Image(64, 64, (0, 5, 5, 60, 30)) });
        Assert.NotEmpty(found.Score);
        Assert.Equal(4 * found.Score.Length, found.PredictedBoundingBoxes.Length);
        // In the 160×120 pixels that the pipeline resized to, where that project's own arithmetic expects them.
        Assert.All(found.PredictedBoundingBoxes.Chunk(4), box => Assert.True(box[0] >= -1 && box[2] <= 161 && box[1] >= -1 && box[3] <= 121));
        Assert.Contains(found.PredictedBoundingBoxes.Chunk(4), box => box[2] > 80);
    }

    private static void Teach(string path, string annotations)
    {
        var ml = new MLContext(seed: 1);
        var rows = ml.LoadCocoAnnotations(annotations);
        var data = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.LoadImages("Image", "", "ImagePath")).Fit(rows).Transform(rows);
        using var teacher = ml.DistillObjectDetection(new ObjectDetectionDistillationOptions
        {
            ImageSize = new ImageSize(ObjectModel.TrainingImageWidth, ObjectModel.TrainingImageHeight), Epochs = 1, BatchSize = 2, Schedule = new ConstantRate(), Threads = 1,
        }).Fit(data);
        teacher.SaveAsOnnx(path);
    }
}
