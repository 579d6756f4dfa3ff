using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class ObjectColumnsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void ClassesAreNamedInTheOrderOfTheKeys()
    {
        var columns = ObjectColumns.Find(Mapped(["b", "a"], ["c", "a"]), "Label", "Boxes");

        Assert.Equal(["b", "a", "c"], columns.ClassNames);
    }

    [Fact]
    public void OneClassIsEnough() => Assert.Equal(["cell"], ObjectColumns.Find(Mapped(["cell", "cell"]), "Label", "Boxes").ClassNames);

    [Fact]
    public void OneLabelForAnImageIsNotEnough() => Assert.StartsWith(
        "Label column 'One' is String; a vector of keys is needed, one for each object: add MapValueToKey(\"One\") to a vector of class names.",
        Assert.Throws<ArgumentException>(() => ObjectColumns.Find(Mapped(["a"]), "One", "Boxes")).Message, StringComparison.Ordinal);

    [Fact]
    public void NamesAreNoKeys() => Assert.StartsWith(
        "Label column 'Names' is Vector<String>; a vector of keys is needed",
        Assert.Throws<ArgumentException>(() => ObjectColumns.Find(Mapped(["a"]), "Names", "Boxes")).Message, StringComparison.Ordinal);

    [Fact]
    public void BoxesAreFloats() => Assert.StartsWith(
        "Bounding box column 'Numbers' is Vector<Double>; a vector of float (Single) is needed: x0 y0 x1 y1 of each object, in pixels of the image.",
        Assert.Throws<ArgumentException>(() => ObjectColumns.Find(Mapped(["a"]), "Label", "Numbers")).Message, StringComparison.Ordinal);

    [Fact]
    public void AMissingColumnIsNamed() => Assert.Contains(
        "Bounding box column 'Nowhere' is not in the data", Assert.Throws<ArgumentException>(() => ObjectColumns.Find(Mapped(["a"]), "Label", "Nowhere")).Message, StringComparison.Ordinal);

    private DataViewSchema Mapped(params string[][] labels)
    {
        var data = _ml.Data.LoadFromEnumerable(labels.Select(l => new Row { Label = l, Names = l, Boxes = new float[4 * l.Length] }));
        return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data).Schema;
    }

    private sealed class Row
    {
        public string[] Label { get; set; } = [];

        public string[] Names { get; set; } = [];

        public string One { get; set; } = "";

        public float[] Boxes { get; set; } = [];

        public double[] Numbers { get; set; } = [];
    }
}
