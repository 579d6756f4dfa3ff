namespace Microsoft.ML.Distillation.Tests.Evaluation;

public class ObjectDetectionEvaluationExtensionsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void ColumnsOfFloatsGiveTheFiguresOfTheCocoApi()
    {
        var cases = CocoCase.OfTheApi();
        for (var i = 0; i < cases.Length; i++)
            cases[i].Check(_ml.EvaluateObjectDetection(View(cases[i].Rows()), crowdColumnName: "IsCrowd"), i);
    }

    [Fact]
    public void AreasDecideOnTheSizeOfObjects()
    {
        var cases = CocoCase.Hard();
        for (var i = 0; i < cases.Length; i++)
            cases[i].Check(_ml.EvaluateObjectDetection(View(cases[i].Rows()), areaColumnName: "Area", crowdColumnName: "IsCrowd"), i);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void ClassesMeetByNameWhateverTheirKeys(bool keyLabel, bool keyPrediction)
    {
        var row = Found("cat", "dog");
        (row.PredictedLabel, row.PredictedBoundingBoxes, row.Score) = (["bird", "dog", "cat"], [0, 0, 5, 5, .. Box(1), .. Box(0)], [.9f, .8f, .7f]);
        var data = View(row);
        if (keyLabel)
            data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        if (keyPrediction)
            data = _ml.Transforms.Conversion.MapValueToKey("PredictedLabel").Fit(data).Transform(data);

        var metrics = _ml.EvaluateObjectDetection(data);

        Assert.Equal(1, metrics.MeanAveragePrecision, 1e-12);
        Assert.Equal(["bird", "cat", "dog"], metrics.PerClass.Select(c => c.Name).Order());
        Assert.True(double.IsNaN(metrics.PerClass.Single(c => c.Name == "bird").AveragePrecision));
    }

    [Fact]
    public void KeysOfTheLabelComeFirst()
    {
        var row = Found("cat", "dog");
        row.PredictedLabel = ["bird", "dog"];
        var data = View(row);
        data = _ml.Transforms.Conversion.MapValueToKey("PredictedLabel").Append(_ml.Transforms.Conversion.MapValueToKey("Label")).Fit(data).Transform(data);

        Assert.Equal(["cat", "dog", "bird"], _ml.EvaluateObjectDetection(data).PerClass.Select(c => c.Name));
    }

    [Fact]
    public void KeysWithoutValuesMeetByNumber()
    {
        var data = _ml.Data.LoadFromEnumerable([new KeyRow { Label = [2, 1], PredictedLabel = [1, 2], BoundingBoxes = [.. Box(0), .. Box(1)], PredictedBoundingBoxes = [.. Box(1), .. Box(0)], Score = [.5, .6] }]);

        var metrics = _ml.EvaluateObjectDetection(data);

        Assert.Equal(["1", "2", "3"], metrics.PerClass.Select(c => c.Name));
        Assert.Equal(1, metrics.MeanAveragePrecision, 1e-12);
    }

    [Fact]
    public void ImagesWithoutObjectsOrDetectionsAreRowsLikeAnyOther()
    {
        var missed = Found("cat");
        (missed.PredictedLabel, missed.PredictedBoundingBoxes, missed.Score) = ([], [], []);

        var metrics = _ml.EvaluateObjectDetection(View(Found("cat"), missed, new DetectionRow()));

        Assert.Equal((3, 2, 1), (metrics.Images, metrics.PerClass[0].Objects, metrics.PerClass[0].Detections));
        Assert.Equal(.5, metrics.AverageRecall100);
    }

    [Fact]
    public void ABoxIsAsLargeAsItsDecimalsSay()
    {
        // Between the floats there is less than 32: the object would be small only, where COCO, on a limit, counts it as both.
        var row = Found("cat");
        row.BoundingBoxes = row.PredictedBoundingBoxes = [10.1f, 10.1f, 42.1f, 42.1f];

        var metrics = _ml.EvaluateObjectDetection(View(row));

        Assert.Equal((1, 1), (metrics.AverageRecallSmall, metrics.AverageRecallMedium));
    }

    [Fact]
    public void ColumnsThatCannotBeUsedAreNamed()
    {
        var data = View(Found("cat"));

        Assert.StartsWith("Label column 'Labels' is not in the data; it has 'Label', ", Fault(() => _ml.EvaluateObjectDetection(data, labelColumnName: "Labels")), StringComparison.Ordinal);
        Assert.Equal(
            "Predicted label column 'Score' is Vector<Single>; a vector with the class of each object is needed, of text or of keys made with MapValueToKey. (Parameter 'name')",
            Fault(() => _ml.EvaluateObjectDetection(data, predictedLabelColumnName: "Score")));
        Assert.Equal(
            "Bounding box column 'Label' is Vector<String>; a vector of Single or Double is needed. (Parameter 'name')",
            Fault(() => _ml.EvaluateObjectDetection(data, boundingBoxColumnName: "Label")));
        Assert.Equal(
            "Crowd column 'Area' is Vector<Single>; a vector of Boolean is needed. (Parameter 'name')",
            Fault(() => _ml.EvaluateObjectDetection(data, crowdColumnName: "Area")));
    }

    [Theory]
    [InlineData("boxes", "Row 1: column 'BoundingBoxes' has 3 values for 1 objects of column 'Label'; x0 y0 x1 y1 of each are needed.")]
    [InlineData("scores", "Row 1: column 'Score' has 0 values for 1 objects of column 'PredictedLabel'; one of each is needed.")]
    [InlineData("class", "Row 1: object 0 of column 'Label' has no class (a missing value).")]
    [InlineData("order", "Row 1: box 0 of column 'BoundingBoxes' is -10×10 pixels; the order is x0 y0 x1 y1, left and upper edge first.")]
    [InlineData("nan", "Row 1: column 'PredictedBoundingBoxes': NaN is not a coordinate.")]
    [InlineData("huge", "Row 1: column 'BoundingBoxes': 1E+20 is not a coordinate.")]
    [InlineData("score", "Row 1: score 0 of column 'Score' is not a number.")]
    [InlineData("area", "Row 1: area 0 of column 'Area' is -1; 0 or more is needed.")]
    public void RowsThatDoNotFitTogetherAreErrors(string what, string message)
    {
        var row = Found("cat");
        switch (what)
        {
            case "boxes": row.BoundingBoxes = [1, 2, 3]; break;
            case "scores": row.Score = []; break;
            case "class": row.Label = [""]; break;
            case "order": row.BoundingBoxes = [20, 0, 10, 10]; break;
            case "nan": row.PredictedBoundingBoxes = [0, 0, float.NaN, 1]; break;
            case "huge": row.BoundingBoxes = [0, 0, 1e20f, 1]; break;
            case "score": row.Score = [float.NaN]; break;
            default: row.Area = [-1]; break;
        }
        var data = View(Found("cat"), row);

        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => _ml.EvaluateObjectDetection(data, areaColumnName: "Area")).Message);
    }

    [Fact]
    public void DataWithoutRowsIsAnError() => Assert.Equal(
        "The data has no rows: there is nothing to evaluate.", Assert.Throws<InvalidDataException>(() => _ml.EvaluateObjectDetection(View())).Message);

    private static string Fault(Action evaluate) => Assert.Throws<ArgumentException>(evaluate).Message;

    private static float[] Box(int place) => [100 * place, 0, 100 * place + 10, 10];

    /// <summary>An image whose objects are all found.</summary>
    private static DetectionRow Found(params string[] classes) => new()
    {
        Label = classes,
        BoundingBoxes = [.. classes.SelectMany((_, i) => Box(i))],
        Area = [.. classes.Select(_ => 100f)],
        IsCrowd = [.. classes.Select(_ => false)],
        PredictedLabel = classes,
        PredictedBoundingBoxes = [.. classes.SelectMany((_, i) => Box(i))],
        Score = [.. classes.Select(_ => .5f)],
    };

    private IDataView View(params DetectionRow[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private sealed class KeyRow
    {
        [Microsoft.ML.Data.KeyType(3)]
        public uint[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        [Microsoft.ML.Data.KeyType(3)]
        public byte[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public double[] Score { get; set; } = [];
    }
}
