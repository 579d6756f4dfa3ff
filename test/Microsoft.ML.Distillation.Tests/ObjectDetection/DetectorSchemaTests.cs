using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class DetectorSchemaTests
{
    private static readonly ImageSize Size = new(64, 64);
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("PredictedLabel", "Score", "PredictedBoundingBoxes")]
    [InlineData("Guess", "Chance", "Label")] // the last one in the place of an input
    public void ThePromisedSchemaIsTheFittedOne(string labels, string scores, string boxes)
    {
        var outputs = new DetectorColumns(labels, scores, boxes);
        var data = Scenes.View(_ml, Scenes.Row(20, 10, (0, 1, 1, 9, 9)));
        var fitted = DetectorChain.Build(_ml, data, new DetectorPreparation(_ml, "Image", Size), ColourDetector.Graph(Size), Scenes.Classes, outputs).Transform(data);

        var promised = DetectorSchema.Output(_ml, DataShape.Of(data), "Image", "Label", "BoundingBoxes", outputs);

        Assert.Equal(DataShape.Of(fitted).Select(Text).Order(StringComparer.Ordinal), promised.Select(Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Nowhere", "Label", "BoundingBoxes", "Image column 'Nowhere' is not in the data; it has 'Image', 'BoundingBoxes', 'Bytes', 'Label'.")]
    [InlineData("Label", "Label", "BoundingBoxes", "Image column 'Label' is VariableVector of UInt32; an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed.")]
    [InlineData("Image", "BoundingBoxes", "BoundingBoxes", "Label column 'BoundingBoxes' is VariableVector of Single; a vector of keys is needed, one for each object: add MapValueToKey(\"BoundingBoxes\") to a vector of class names.")]
    [InlineData("Bytes", "Label", "Label", "Bounding box column 'Label' is VariableVector of UInt32; a vector of float (Single) is needed: x0 y0 x1 y1 of each object, in pixels of the image.")]
    public void ColumnsThatDontFitAreNamed(string image, string labels, string boxes, string message)
    {
        var shape = DataShape.Of(Scenes.View(_ml, Scenes.Row(20, 10)));

        var error = Assert.Throws<ArgumentException>(() => DetectorSchema.Output(_ml, shape, image, labels, boxes, new()));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesMayHaveNoLabels()
    {
        var promised = DetectorSchema.Output(_ml, DataShape.Of(Scenes.View(_ml, Scenes.Row(20, 10))), "Bytes", null, null, new());

        Assert.Contains(promised, c => c.Name == "PredictedBoundingBoxes");
    }

    private static string Text(SchemaShape.Column column) =>
        $"{column.Name}: {column.Kind} of {column.ItemType}, key {column.IsKey}, {string.Join(", ", column.Annotations.Select(a => $"{a.Name}: {a.Kind} of {a.ItemType}").Order(StringComparer.Ordinal))}";
}
