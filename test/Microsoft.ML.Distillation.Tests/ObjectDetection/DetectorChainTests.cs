using Microsoft.ML.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class DetectorChainTests
{
    private static readonly ImageSize Size = new(64, 64);
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<int, int> Sizes => new()
    {
        { 200, 60 }, { 60, 200 }, { 64, 64 }, { 8, 6 }, { 1000, 40 }, { 501, 333 }, { 4000, 3000 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void BoxesAreOnTheOriginalImage(int width, int height)
    {
        var (w, h) = (width, height);
        var row = Scenes.Row(w, h, (0, 0, 0, w / 4, h / 2), (2, w / 2, h / 2, w, h));

        var found = Assert.Single(Scenes.Found(Model().Transform(Scenes.View(_ml, row))));

        Assert.Equal([1u, 3u], found.Labels);
        Assert.Equal([.9f, .7f], found.Scores);
        // A pixel of the input is that many of the image, and one more for what blends at the edges of a small one.
        Numbers.Within(row.BoundingBoxes.Doubles(), found.Boxes.Doubles(), Math.Max(width, height) / 64.0 + 1);
    }

    [Fact]
    public void AsManyObjectsAreFoundAsThereAreEvenNone()
    {
        var found = Scenes.Found(Model().Transform(Scenes.View(_ml, Three())));

        Assert.Equal([2, 0, 3], found.Select(f => f.Labels.Length));
        Assert.Equal([2, 0, 3], found.Select(f => f.Scores.Length));
        Assert.Equal([8, 0, 12], found.Select(f => f.Boxes.Length));
    }

    [Fact]
    public void AReloadedModelSaysTheSame()
    {
        var model = Model();
        using var file = new MemoryStream();
        _ml.Model.Save(model, Scenes.View(_ml, Three()).Schema, file);
        file.Position = 0;

        var other = new MLContext();
        var reloaded = other.Model.Load(file, out _);

        var (expected, actual) = (Scenes.Found(model.Transform(Scenes.View(_ml, Three()))), Scenes.Found(reloaded.Transform(Scenes.View(other, Three()))));
        for (var row = 0; row < 3; row++)
        {
            Assert.Equal(expected[row].Labels, actual[row].Labels);
            Assert.Equal(expected[row].Scores, actual[row].Scores);
            Assert.Equal(expected[row].Boxes, actual[row].Boxes);
        }
        var data = Scenes.View(_ml, Three());
        Assert.Equal(SchemaText.Of(model.GetOutputSchema(data.Schema), hidden: true), SchemaText.Of(reloaded.GetOutputSchema(data.Schema), hidden: true));
    }

    [Fact]
    public void TheOutputsAreThoseOfMlNetsDetector()
    {
        var data = Scenes.View(_ml, Three());

        var schema = Model().GetOutputSchema(data.Schema);

        Assert.Equal(new VectorDataViewType(new KeyDataViewType(typeof(uint), 3)), schema["PredictedLabel"].Type);
        Assert.Equal("red, green, blue", SchemaText.Annotation(schema["PredictedLabel"].Annotations, "KeyValues"));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single), schema["Score"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single), schema["PredictedBoundingBoxes"].Type);
        Assert.Equal(
            [.. data.Schema.Where(c => !c.IsHidden).Select(c => c.Name), "PredictedBoundingBoxes", "PredictedLabel", "Score"],
            schema.Where(c => !c.IsHidden).Select(c => c.Name).Order(StringComparer.Ordinal).OrderBy(c => data.Schema.GetColumnOrNull(c) is { } own ? own.Index : int.MaxValue));
        Assert.DoesNotContain(schema, c => c.Name.StartsWith("distillation", StringComparison.Ordinal));
    }

    [Fact]
    public void ItsOutputsMayHaveOtherNames()
    {
        var model = Model(new DetectorColumns("Guess", "Chance", "Place"));

        Assert.Equal([2, 0, 3], model.Transform(Scenes.View(_ml, Three())).GetColumn<uint[]>("Guess").Select(g => g.Length));
        Assert.Equal([2, 0, 3], model.Transform(Scenes.View(_ml, Three())).GetColumn<float[]>("Chance").Select(g => g.Length));
        Assert.Equal([8, 0, 12], model.Transform(Scenes.View(_ml, Three())).GetColumn<float[]>("Place").Select(g => g.Length));
        Assert.Null(model.GetOutputSchema(Scenes.View(_ml, Three()).Schema).GetColumnOrNull("Score"));
    }

    [Fact]
    public void NamesComeBackFromKeys()
    {
        var data = Scenes.View(_ml, Three());

        var view = _ml.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel").Fit(Model().Transform(data)).Transform(Model().Transform(Scenes.View(_ml, Three())));

        Assert.Equal([["red", "blue"], [], ["red", "green", "blue"]], view.GetColumn<string[]>("Name"));
    }

    [Fact]
    public void AColumnOfKnownSizeWorksToo()
    {
        IDataView Data() => _ml.Data.LoadFromEnumerable([new KnownSizeRow { Image = Scenes.Image(90, 40, (1, 30, 10, 60, 30)) }]);
        var model = DetectorChain.Build(_ml, Data(), new DetectorPreparation(_ml, "Image", Size), ColourDetector.Graph(Size), Scenes.Classes, new());
        using var file = new MemoryStream();
        _ml.Model.Save(model, Data().Schema, file);
        file.Position = 0;

        foreach (var either in new[] { model, new MLContext().Model.Load(file, out _) })
        {
            var found = Assert.Single(Scenes.Found(either.Transform(Data())));
            Assert.Equal([2u], found.Labels);
            Numbers.Within([30, 10, 60, 30], found.Boxes.Doubles(), 90 / 64.0 + 1);
        }
    }

    [Fact]
    public void ImagesMayBeTheBytesOfFiles()
    {
        using var folder = new TemporaryFolder();
        var rows = Three();
        foreach (var row in rows)
        {
            row.Image!.Save(folder["image.png"]);
            row.Bytes = File.ReadAllBytes(folder["image.png"]);
        }
        var data = _ml.Transforms.CopyColumns("Image", "Bytes").Fit(Scenes.View(_ml, rows)).Transform(Scenes.View(_ml, rows));
        var model = DetectorChain.Build(_ml, data, new DetectorPreparation(_ml, "Image", Size), ColourDetector.Graph(Size), Scenes.Classes, new());
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        file.Position = 0;

        var expected = Scenes.Found(Model().Transform(Scenes.View(_ml, Three())));
        foreach (var either in new[] { model, new MLContext().Model.Load(file, out _) })
        {
            var found = Scenes.Found(either.Transform(data));
            Assert.Equal(expected.Select(f => f.Labels), found.Select(f => f.Labels));
            Assert.Equal(expected.Select(f => f.Boxes), found.Select(f => f.Boxes));
        }
    }

    [Fact]
    public void OneImageAtATimeIsPredictedAlike()
    {
        var engine = _ml.Model.CreatePredictionEngine<ImageRow, FoundRow>(Model());

        foreach (var (width, height) in new[] { (200, 60), (60, 200), (33, 44) })
        {
            using var image = Scenes.Image(width, height, (1, 0, 0, width / 2, height / 2));
            var found = engine.Predict(new ImageRow { Image = image });

            Assert.Equal([2u], found.PredictedLabel);
            Numbers.Within([0, 0, width / 2.0, height / 2.0], found.PredictedBoundingBoxes.Doubles(), Math.Max(width, height) / 64.0 + 1);
        }
    }

    [Fact]
    public void AnApplicationWithTheRuntimeAssemblyFindsTheSameWithoutLibTorch()
    {
        using var folder = new TemporaryFolder();
        (int Width, int Height)[] sizes = [(200, 60), (60, 200), (30, 30)];
        string[] paths = [.. sizes.Select((_, i) => folder[$"{i}.png"])];
        for (var i = 0; i < paths.Length; i++)
        {
            var (w, h) = sizes[i];
            using var image = i == 2 ? Scenes.Image(w, h) : Scenes.Image(w, h, (0, 0, 0, w / 4, h / 2), (2, w / 2, h / 2, w, h));
            image.Save(paths[i]);
        }
        var data = _ml.Data.LoadFromEnumerable(paths.Select(p => new PathRow { ImagePath = p }));
        var images = _ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(data);
        var detector = DetectorChain.Build(_ml, images.Transform(data), new DetectorPreparation(_ml, "Image", Size), ColourDetector.Graph(Size), Scenes.Classes, new());
        var names = _ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel").Fit(detector.Transform(images.Transform(data)));
        var model = new TransformerChain<ITransformer>(images, detector, names);
        _ml.Model.Save(model, data.Schema, folder["detector.zip"]);

        var said = Predictor.Run("RuntimePredictor", folder["detector.zip"], paths);

        Assert.False(said.TorchIsMapped, "libtorch is mapped into the process.");
        Assert.False(said.TorchIsLoaded, "TorchSharp is loaded.");
        var expected = model.Transform(data);
        Assert.Equal([["red", "blue"], ["red", "blue"], []], said.Objects);
        Assert.Equal(expected.GetColumn<float[]>("PredictedBoundingBoxes"), said.Boxes);
        Assert.Equal(expected.GetColumn<float[]>("Score"), said.Scores);
    }

    [Fact]
    public void ARowWithoutAnImageIsAnErrorAndNoPrediction()
    {
        var view = Model().Transform(Scenes.View(_ml, new Scenes.SceneRow()));

        Assert.Contains("The row has no image", Assert.ThrowsAny<Exception>(() => view.GetColumn<float[]>("PredictedBoundingBoxes").ToList()).ToString(), StringComparison.Ordinal);
    }

    private TransformerChain<ITransformer> Model(DetectorColumns? outputs = null) => DetectorChain.Build(
        _ml, Scenes.View(_ml, Three()), new DetectorPreparation(_ml, "Image", Size), ColourDetector.Graph(Size), Scenes.Classes, outputs ?? new DetectorColumns());

    /// <summary>Made anew whenever they are asked for: transformers dispose of images.</summary>
    private static Scenes.SceneRow[] Three() =>
    [
        Scenes.Row(120, 70, (0, 10, 10, 50, 60), (2, 60, 20, 110, 40)),
        Scenes.Row(40, 40),
        Scenes.Row(64, 64, (0, 1, 1, 20, 20), (1, 30, 30, 50, 60), (2, 40, 2, 62, 12)),
    ];

    private sealed class KnownSizeRow
    {
        [Transforms.Image.ImageType(40, 90)]
        public MLImage? Image { get; set; }
    }

    private sealed class ImageRow
    {
        [AnySizeImage]
        public MLImage? Image { get; set; }
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class FoundRow
    {
        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];
    }
}
