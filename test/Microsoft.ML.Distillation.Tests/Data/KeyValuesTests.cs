using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.Data;

public class KeyValuesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("Text", "dog, ant")]
    [InlineData("Number", "7, -2")]
    [InlineData("Real", "1.5, -0.25")]
    public void ValuesOfAnyTypeAreNamedAndHandedOn(string name, string expected)
    {
        var rows = _ml.Data.LoadFromEnumerable([new Row { Text = "dog", Number = 7, Real = 1.5f }, new Row { Text = "ant", Number = -2, Real = -.25f }]);
        var column = _ml.Transforms.Conversion.MapValueToKey(name).Fit(rows).Transform(rows).Schema[name];

        var copied = KeyColumn(2, to => KeyValues.Copy(column, to));

        Assert.Equal(expected, string.Join(", ", KeyValues.Names(column)!));
        Assert.Equal(expected, string.Join(", ", KeyValues.Names(copied)!));
        Assert.Equal(column.Annotations.Schema["KeyValues"].Type, copied.Annotations.Schema["KeyValues"].Type);
    }

    [Fact]
    public void ClassesCanBeGiven() => Assert.Equal(["red", "green"], KeyValues.Names(KeyColumn(2, to => KeyValues.Add(["red", "green"], to)))!);

    [Fact]
    public void AKeyWithoutValuesHasNone()
    {
        var column = KeyColumn(2, _ => { });

        Assert.Null(KeyValues.Names(column));
        Assert.Null(KeyValues.Names(KeyColumn(2, to => KeyValues.Copy(column, to))));
    }

    [Fact]
    public void AKeyOfClassesIsALabelLikeAnyOther()
    {
        var label = ClassKey.Label(_ml, ["red", "green", "blue"]);

        Assert.Equal(["red", "green", "blue"], label.ClassNames);
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), label.Column.Type);
        Assert.Equal("red, green, blue", SchemaText.Annotation(label.Column.Annotations, "KeyValues"));
        var shape = Assert.Single(ClassKey.Shape(_ml));
        Assert.Equal((ClassKey.ColumnName, true, SchemaShape.Column.VectorKind.Scalar), (shape.Name, shape.IsKey, shape.Kind));
        Assert.Contains(shape.Annotations, a => a.Name == "KeyValues");
    }

    private DataViewSchema.Column KeyColumn(int count, Action<SchemaDefinition.Column> annotate)
    {
        var schema = SchemaDefinition.Create(typeof(KeyRow));
        schema["Key"].ColumnType = new KeyDataViewType(typeof(uint), count);
        annotate(schema["Key"]);
        return _ml.Data.LoadFromEnumerable(Array.Empty<KeyRow>(), schema).Schema["Key"];
    }

    private sealed class KeyRow
    {
        public uint Key { get; set; }
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public int Number { get; set; }

        public float Real { get; set; }
    }
}
