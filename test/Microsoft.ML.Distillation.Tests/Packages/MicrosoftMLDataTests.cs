using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>Objects as rows and back, and the operations on rows.</summary>
public class MicrosoftMLDataTests
{
    private sealed class Row
    {
        public int Number { get; set; }
        public string? Text { get; set; }
        public float[]? Values { get; set; }

        [NoColumn]
        public object? Ignored { get; set; }

        [ColumnName("Class"), KeyType(5)]
        public uint Key { get; set; }

        [VectorType(2, 3)]
        public byte[]? Pixels;
    }

    private sealed class NumberOnly
    {
        public int Number { get; set; }
    }

    private sealed class WrongType
    {
        public double Number { get; set; }
    }

    private sealed class Two
    {
        public float A { get; set; }
        public float B { get; set; }
    }

    private readonly MLContext _ml = new(seed: 1);

    private IDataView Rows(int count) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count)
        .Select(i => new Row { Number = i, Text = $"row {i}", Values = new float[i % 3], Key = (uint)(i % 6), Pixels = new byte[6] })
        .ToArray());

    [Fact]
    public void Members_become_columns_of_their_types()
    {
        var schema = Rows(1).Schema;
        Assert.Equal(["Class", "Number", "Pixels", "Text", "Values"], schema.Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.Equal(NumberDataViewType.Int32, schema["Number"].Type);
        Assert.Equal(TextDataViewType.Instance, schema["Text"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single), schema["Values"].Type);
        Assert.Equal(new KeyDataViewType(typeof(uint), 5), schema["Class"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte, 2, 3), schema["Pixels"].Type);
    }

    [Fact]
    public void Rows_become_objects_again()
    {
        var rows = _ml.Data.CreateEnumerable<Row>(Rows(4), reuseRowObject: false).ToArray();
        Assert.Equal([0, 1, 2, 3], rows.Select(r => r.Number));
        Assert.Equal("row 3", rows[3].Text);
        Assert.Equal(2, rows[2].Values!.Length);
        Assert.NotSame(rows[0], rows[1]);

        var reused = _ml.Data.CreateEnumerable<NumberOnly>(Rows(4), reuseRowObject: true).ToArray();
        Assert.Same(reused[0], reused[3]);
    }

    [Fact]
    public void Members_of_another_type_than_the_column_are_refused()
    {
        var error = Assert.ThrowsAny<Exception>(() => _ml.Data.CreateEnumerable<WrongType>(Rows(1), false).ToArray());
        Assert.Contains("Number", error.Message);
    }

    [Fact]
    public void Rows_are_taken_and_skipped()
    {
        Assert.Equal([3, 4], _ml.Data.TakeRows(_ml.Data.SkipRows(Rows(9), 3), 2).GetColumn<int>("Number"));
        Assert.Empty(_ml.Data.SkipRows(Rows(2), 5).GetColumn<int>("Number"));
    }

    [Fact]
    public void Shuffled_rows_are_all_there_in_an_order_the_seed_gives()
    {
        var first = _ml.Data.ShuffleRows(Rows(100), seed: 5).GetColumn<int>("Number").ToArray();
        var second = _ml.Data.ShuffleRows(Rows(100), seed: 5).GetColumn<int>("Number").ToArray();
        Assert.Equal(first, second);
        Assert.NotEqual(Enumerable.Range(0, 100), first);
        Assert.Equal(Enumerable.Range(0, 100), first.Order());
    }

    [Fact]
    public void A_split_parts_the_rows()
    {
        var data = Rows(1000);
        var split = _ml.Data.TrainTestSplit(data, testFraction: 0.3, seed: 2);
        var (train, test) = (split.TrainSet.GetColumn<int>("Number").ToArray(), split.TestSet.GetColumn<int>("Number").ToArray());
        Assert.Equal(Enumerable.Range(0, 1000), train.Concat(test).Order());
        Assert.InRange(test.Length, 200, 400);
        Assert.Equal(test, _ml.Data.TrainTestSplit(data, testFraction: 0.3, seed: 2).TestSet.GetColumn<int>("Number"));
    }

    [Fact]
    public void A_split_by_a_key_column_keeps_equal_values_together()
    {
        var split = _ml.Data.TrainTestSplit(Rows(300), testFraction: 0.5, samplingKeyColumnName: "Text", seed: 2);
        Assert.Empty(split.TrainSet.GetColumn<string>("Text").Intersect(split.TestSet.GetColumn<string>("Text")));
    }

    [Fact]
    public void Concatenation_names_its_slots()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new Two { A = 1, B = 2 } });
        var joined = _ml.Transforms.Concatenate("AB", "A", "B").Fit(data).Transform(data);
        VBuffer<ReadOnlyMemory<char>> names = default;
        joined.Schema["AB"].GetSlotNames(ref names);
        Assert.Equal(["A", "B"], names.DenseValues().Select(n => n.ToString()));
        Assert.Equal([1f, 2f], joined.GetColumn<float[]>("AB").Single());
    }

    [Fact]
    public void Selected_columns_come_in_the_order_asked_for()
    {
        var selected = _ml.Transforms.SelectColumns("Text", "Number").Fit(Rows(2)).Transform(Rows(2));
        Assert.Equal(["Text", "Number"], selected.Schema.Select(c => c.Name));
        Assert.Equal([0, 1], selected.GetColumn<int>("Number"));
    }

    [Fact]
    public void Sparse_vectors_read_as_what_they_stand_for()
    {
        var sparse = new VBuffer<float>(5, 2, [7, 8], [1, 4]);
        Assert.False(sparse.IsDense);
        Assert.Equal([0f, 7, 0, 0, 8], sparse.DenseValues());
        Assert.Equal(8, sparse.GetItemOrDefault(4));
        Assert.Equal(0, sparse.GetItemOrDefault(3));
        VBuffer<float> dense = default;
        sparse.CopyToDense(ref dense);
        Assert.Equal([0f, 7, 0, 0, 8], dense.GetValues().ToArray());
        var editor = VBufferEditor.Create(ref dense, 3);
        new float[] { 1, 2, 3 }.CopyTo(editor.Values);
        dense = editor.Commit();
        Assert.Equal([1f, 2, 3], dense.DenseValues());
    }
}
