using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>What the library relies on in ML.NET's mapping of values to keys and back.</summary>
public class MicrosoftMLKeyMappingTests
{
    private sealed class Row
    {
        public string? Label { get; set; }
        public string[]? Labels { get; set; }
        public int Number { get; set; }
    }

    private sealed class Name
    {
        public string? Value { get; set; }
    }

    private readonly MLContext _ml = new(seed: 1);

    private IDataView Data => _ml.Data.LoadFromEnumerable(new Row[]
    {
        new() { Label = "pear", Labels = ["fig", "pear"], Number = 7 },
        new() { Label = "apple", Labels = [], Number = 5 },
        new() { Label = "pear", Labels = ["apple"], Number = 7 },
        new() { Label = "fig", Labels = ["fig"], Number = 9 },
    });

    private static string[] KeyValues(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.GetKeyValues(ref values);
        return values.DenseValues().Select(v => v.ToString()).ToArray();
    }

    [Fact]
    public void Keys_are_numbered_from_one_by_occurrence()
    {
        var mapped = _ml.Transforms.Conversion.MapValueToKey("Key", "Label").Fit(Data).Transform(Data);

        Assert.Equal([1u, 2u, 1u, 3u], mapped.GetColumn<uint>("Key"));
        Assert.Equal(3ul, Assert.IsType<KeyDataViewType>(mapped.Schema["Key"].Type).Count);
        Assert.Equal(["pear", "apple", "fig"], KeyValues(mapped.Schema["Key"]));
    }

    [Fact]
    public void Keys_can_be_numbered_by_value()
    {
        var mapped = _ml.Transforms.Conversion
            .MapValueToKey("Key", "Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(Data).Transform(Data);

        Assert.Equal(["apple", "fig", "pear"], KeyValues(mapped.Schema["Key"]));
        Assert.Equal([3u, 1u, 3u, 2u], mapped.GetColumn<uint>("Key"));
    }

    [Fact]
    public void Key_data_gives_the_order_and_what_it_lacks_has_no_key()
    {
        var names = _ml.Data.LoadFromEnumerable(new Name[] { new() { Value = "kiwi" }, new() { Value = "fig" }, new() { Value = "pear" } });
        var mapped = _ml.Transforms.Conversion.MapValueToKey("Key", "Label", keyData: names).Fit(Data).Transform(Data);

        Assert.Equal(["kiwi", "fig", "pear"], KeyValues(mapped.Schema["Key"]));
        Assert.Equal([3u, 0u, 3u, 2u], mapped.GetColumn<uint>("Key"));
    }

    [Fact]
    public void No_more_keys_are_made_than_allowed()
    {
        var mapped = _ml.Transforms.Conversion.MapValueToKey("Key", "Label", maximumNumberOfKeys: 2).Fit(Data).Transform(Data);

        Assert.Equal([1u, 2u, 1u, 0u], mapped.GetColumn<uint>("Key"));
    }

    [Fact]
    public void Vectors_are_mapped_item_by_item()
    {
        var mapped = _ml.Transforms.Conversion.MapValueToKey("Keys", "Labels").Fit(Data).Transform(Data);

        Assert.Equal([[1, 2], [], [3], [1]], mapped.GetColumn<uint[]>("Keys"));
        var type = Assert.IsType<VectorDataViewType>(mapped.Schema["Keys"].Type);
        Assert.False(type.IsKnownSize);
        Assert.IsType<KeyDataViewType>(type.ItemType);
        Assert.Equal(["fig", "pear", "apple"], KeyValues(mapped.Schema["Keys"]));
    }

    [Fact]
    public void Key_values_of_numbers_can_be_text()
    {
        var mapped = _ml.Transforms.Conversion.MapValueToKey("Key", "Number", addKeyValueAnnotationsAsText: true).Fit(Data).Transform(Data);

        Assert.True(mapped.Schema["Key"].HasKeyValues());
        Assert.Equal(["7", "5", "9"], KeyValues(mapped.Schema["Key"]));
    }

    [Fact]
    public void Keys_are_mapped_back_to_values()
    {
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.Conversion.MapKeyToValue("Text", "Label"))
            .Append(_ml.Transforms.Conversion.MapValueToKey("Keys", "Labels"))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Texts", "Keys"));
        var mapped = pipeline.Fit(Data).Transform(Data);

        Assert.Equal(["pear", "apple", "pear", "fig"], mapped.GetColumn<string>("Text"));
        Assert.Equal([["fig", "pear"], [], ["apple"], ["fig"]], mapped.GetColumn<string[]>("Texts"));
    }

    [Fact]
    public void A_missing_column_is_named()
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.Conversion.MapValueToKey("Key", "Nowhere").Fit(Data));
        Assert.Contains("Nowhere", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.Schema["Nowhere"]);
    }

    [Fact]
    public void Only_keys_can_be_mapped_back()
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.Conversion.MapKeyToValue("Text", "Label").Fit(Data));
        Assert.Contains("Label", error.Message);
    }
}
