using Microsoft.ML.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.Runtime;

/// <summary>A whole pipeline from the path of an image to the names of what is on it, put together once for all tests that only look at it.</summary>
public sealed class SavedDetector : IDisposable
{
    internal static readonly ImageSize Size = new(64, 64);
    private readonly TemporaryFolder _folder = new();

    public SavedDetector()
    {
        Rows = [.. Drawn().Select(Save)];
        Data = Ml.Data.LoadFromEnumerable(Rows);
        var images = Ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(Data);
        var detector = DetectorChain.Build(Ml, images.Transform(Data), new DetectorPreparation(Ml, "Image", Size), ColourDetector.Graph(Size), Scenes.Classes, new());
        var names = Ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel").Fit(detector.Transform(images.Transform(Data)));
        Model = new TransformerChain<ITransformer>(images, detector, names);
        Zip = _folder["detector.zip"];
        Ml.Model.Save(Model, Data.Schema, Zip);
    }

    public MLContext Ml { get; } = new(seed: 1);

    public TransformerChain<ITransformer> Model { get; }

    /// <summary>The saved pipeline.</summary>
    public string Zip { get; }

    internal IReadOnlyList<ImageFile> Rows { get; }

    internal IDataView Data { get; }

    /// <summary>Wide and tall images, of which the seventh to the tenth have nothing on them: three at a time that is a whole batch.</summary>
    internal static IEnumerable<Scenes.SceneRow> Drawn() =>
    [
        Scenes.Row(200, 60, (0, 0, 0, 50, 30), (2, 100, 30, 200, 60)),
        Scenes.Row(60, 200, (1, 10, 20, 50, 90)),
        Scenes.Row(30, 30),
        Scenes.Row(64, 64, (0, 1, 1, 20, 20), (1, 30, 30, 50, 60), (2, 40, 2, 62, 12)),
        Scenes.Row(33, 44, (2, 0, 0, 33, 22)),
        Scenes.Row(500, 20, (1, 100, 0, 300, 20)),
        Scenes.Row(64, 64),
        Scenes.Row(90, 40),
        Scenes.Row(40, 90),
        Scenes.Row(20, 20),
        Scenes.Row(120, 70, (0, 10, 10, 50, 60), (2, 60, 20, 110, 40)),
    ];

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }

    private ImageFile Save(Scenes.SceneRow row, int number)
    {
        var path = _folder[$"{number}.png"];
        using var image = row.Image!;
        image.Save(path);
        return new() { Number = number, ImagePath = path };
    }

    internal sealed class ImageFile
    {
        public int Number { get; set; }

        public string ImagePath { get; set; } = "";
    }
}
