using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>Columns are computed when they are read or some rows before, and only those that are asked for.</summary>
public class MicrosoftMLLazinessTests
{
    private sealed class Row
    {
        public float X { get; set; }
    }

    private sealed class Squared
    {
        public float Y { get; set; }
    }

    private readonly MLContext _ml = new(seed: 1);
    private int _calls;

    private IDataView Mapped()
    {
        var data = _ml.Data.LoadFromEnumerable(new Row[] { new() { X = 1 }, new() { X = 2 }, new() { X = 3 } });
        var squares = _ml.Transforms.CustomMapping<Row, Squared>((row, squared) =>
        {
            _calls++;
            squared.Y = row.X * row.X;
        }, contractName: null);
        return squares.Append(_ml.Transforms.CopyColumns("Z", "X")).Fit(data).Transform(data);
    }

    [Fact]
    public void Nothing_is_computed_for_columns_nobody_reads()
    {
        var mapped = Mapped();
        Assert.Equal([1f, 2f, 3f], mapped.GetColumn<float>("Z"));
        Assert.Equal(0, _calls);
    }

    [Fact]
    public void A_column_is_computed_once_a_row()
    {
        var mapped = Mapped();
        Assert.Equal([1f, 4f, 9f], mapped.GetColumn<float>("Y"));
        Assert.Equal(3, _calls);
    }

    [Fact]
    public void A_cache_computes_once_for_all_readers()
    {
        var cached = _ml.Data.Cache(Mapped());
        Assert.Equal([1f, 4f, 9f], cached.GetColumn<float>("Y"));
        Assert.Equal([1f, 4f, 9f], cached.GetColumn<float>("Y"));
        Assert.Equal(3, _calls);
    }

    [Fact]
    public void A_column_is_active_only_where_it_was_asked_for()
    {
        var mapped = Mapped();
        using var cursor = mapped.GetRowCursor([mapped.Schema["Z"]]);
        Assert.True(cursor.IsColumnActive(mapped.Schema["Z"]));
        Assert.False(cursor.IsColumnActive(mapped.Schema["Y"]));
    }

    [Fact]
    public void A_later_column_hides_an_earlier_one_of_its_name()
    {
        var data = _ml.Data.LoadFromEnumerable(new Row[] { new() { X = 2 } });
        var mapped = _ml.Transforms.CustomMapping<Row, Row>((row, other) => other.X = -row.X, null).Fit(data).Transform(data);

        Assert.Equal([-2f], mapped.GetColumn<float>("X"));
        Assert.Equal(2, mapped.Schema.Count);
        Assert.Equal([true, false], mapped.Schema.Select(c => c.IsHidden));
    }
}
