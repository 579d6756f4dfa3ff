using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class LabelColumnTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private sealed class KeyRow
    {
        [KeyType(3)]
        public byte Byte { get; set; }

        [KeyType(3)]
        public ushort UShort { get; set; }

        [KeyType(3)]
        public uint UInt { get; set; }

        [KeyType(3)]
        public ulong ULong { get; set; }

        [KeyType(1)]
        public uint Single { get; set; }
    }

    private sealed class ValueRow
    {
        public string Text { get; set; } = "";

        public int Number { get; set; }

        public float Real { get; set; }

        public bool Flag { get; set; }
    }

    [Theory]
    [InlineData("Byte")]
    [InlineData("UShort")]
    [InlineData("UInt")]
    [InlineData("ULong")]
    public void KeysOfAnyWidthCountFromZeroAndMissingIsMinusOne(string name)
    {
        var data = Ml.Data.LoadFromEnumerable(new[] { 2, 0, 3, 1 }.Select(k => new KeyRow { Byte = (byte)k, UShort = (ushort)k, UInt = (uint)k, ULong = (ulong)k }));

        var label = LabelColumn.Find(data.Schema, name);

        Assert.Equal([1, -1, 2, 0], Classes(data, label));
        Assert.Equal(["1", "2", "3"], label.ClassNames); // without key values, the numbers are the names
    }

    [Theory]
    [InlineData("Text", "dog", "ant", "cat")]
    [InlineData("Number", "7", "-2", "12")]
    [InlineData("Real", "1.5", "-0.25", "1000000")]
    public void KeyValuesNameTheClassesInTheirOrderOfOccurrence(string name, params string[] expected)
    {
        var rows = new[]
        {
            new ValueRow { Text = "dog", Number = 7, Real = 1.5f },
            new ValueRow { Text = "ant", Number = -2, Real = -.25f },
            new ValueRow { Text = "dog", Number = 7, Real = 1.5f },
            new ValueRow { Text = "cat", Number = 12, Real = 1e6f },
        };
        var data = Map(Ml.Data.LoadFromEnumerable(rows), name);

        var label = LabelColumn.Find(data.Schema, name);

        Assert.Equal(expected, label.ClassNames);
        Assert.Equal([0, 1, 0, 2], Classes(data, label));
    }

    [Fact]
    public void FlagsAreClassesToo()
    {
        var data = Map(Ml.Data.LoadFromEnumerable(new[] { new ValueRow { Flag = true }, new ValueRow() }), "Flag");

        Assert.Equal(["True", "False"], LabelColumn.Find(data.Schema, "Flag").ClassNames);
    }

    [Fact]
    public void ALabelThatIsNoKeyIsRefused()
    {
        var data = Ml.Data.LoadFromEnumerable(new[] { new ValueRow() });

        Assert.Equal(
            "Label column 'Number' is Int32; a key is needed: add MapValueToKey(\"Number\"). (Parameter 'name')",
            Assert.Throws<ArgumentException>(() => LabelColumn.Find(data.Schema, "Number")).Message);
    }

    [Fact]
    public void OneClassIsTooFew()
    {
        var data = Ml.Data.LoadFromEnumerable(new[] { new KeyRow { Single = 1 } });

        Assert.Equal(
            "Label column 'Single' has 1 class (1); a classifier needs at least 2. (Parameter 'name')",
            Assert.Throws<ArgumentException>(() => LabelColumn.Find(data.Schema, "Single")).Message);
    }

    [Fact]
    public void AMissingColumnIsRefused() => Assert.StartsWith(
        "Label column 'Class' is not in the data; it has 'Text', 'Number', 'Real', 'Flag'.",
        Assert.Throws<ArgumentException>(() => LabelColumn.Find(Ml.Data.LoadFromEnumerable(new[] { new ValueRow() }).Schema, "Class")).Message, StringComparison.Ordinal);

    [Fact]
    public void ClassesCanBeCountedInAnotherOrder()
    {
        var data = Ml.Data.LoadFromEnumerable(new[] { 2, 0, 3, 1 }.Select(k => new KeyRow { UInt = (uint)k }));

        var label = LabelColumn.Find(data.Schema, "UInt").InOrderOf(["3", "2", "more", "1"]);

        Assert.Equal([1, -1, 0, 3], Classes(data, label));
        Assert.Equal(["3", "2", "more", "1"], label.ClassNames);
    }

    [Fact]
    public void AClassThatIsNoneOfTheOthersIsRefused() => Assert.Equal(
        "Label column 'UInt' has a class '2', which is none of 1, 3. (Parameter 'classes')",
        Assert.Throws<ArgumentException>(() => LabelColumn.Find(Ml.Data.LoadFromEnumerable(new[] { new KeyRow() }).Schema, "UInt").InOrderOf(["1", "3"])).Message);

    [Theory]
    [InlineData(4u)]
    [InlineData(uint.MaxValue)]
    public void AKeyBeyondTheClassesIsToldFromAMissingOne(uint key)
    {
        var data = new ConstantKeys(Ml.Data.LoadFromEnumerable(new[] { new KeyRow { UInt = 1 } }), key);
        var label = LabelColumn.Find(data.Schema, "UInt");

        Assert.Equal([LabelColumn.OutOfRange], Classes(data, label));
        Assert.Equal([LabelColumn.OutOfRange], Classes(data, label.InOrderOf(["3", "2", "more", "1"])));
    }

    private static IDataView Map(IDataView data, string name) => Ml.Transforms.Conversion.MapValueToKey(name).Fit(data).Transform(data);

    private static List<int> Classes(IDataView data, LabelColumn label)
    {
        using var cursor = data.GetRowCursor([data.Schema[label.Column.Name]]);
        var getter = label.Getter(cursor);
        var classes = new List<int>();
        while (cursor.MoveNext())
            classes.Add(getter());
        return classes;
    }
}
