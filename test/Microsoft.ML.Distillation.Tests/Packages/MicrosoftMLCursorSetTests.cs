using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>What images are read in parallel by: a step that maps columns deals its rows out to several cursors, from whose batches their order can be told.</summary>
public class MicrosoftMLCursorSetTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public int Number { get; set; }

        [AnySizeImage]
        public MLImage? Image { get; set; }
    }

    [Fact]
    public async Task BatchesTellTheOrder()
    {
        var view = Mapped(Enumerable.Range(0, 1000));

        var cursors = view.GetRowCursorSet([view.Schema["Copy"]], 3);

        Assert.Equal(3, cursors.Length);
        var read = await Task.WhenAll(cursors.Select(cursor => Task.Run(() => Read(cursor, view.Schema["Copy"]))));
        Assert.All(read, rows => Assert.Equal(rows.Select(r => r.Batch).Order(), rows.Select(r => r.Batch)));
        Assert.All(read.SelectMany(rows => rows.Select(r => r.Batch).Distinct()).GroupBy(batch => batch), same => Assert.Single(same));
        Assert.Equal(Enumerable.Range(0, 1000), read.SelectMany(rows => rows).OrderBy(r => r.Batch).Select(r => r.Number));
    }

    [Fact]
    public void ImagesAreNotDealtOut()
    {
        var view = Mapped(Enumerable.Range(0, 3));

        using var cursor = Assert.Single(view.GetRowCursorSet([view.Schema["Copy"], view.Schema["Image"]], 3));

        Assert.Equal([0, 1, 2], Read(cursor, view.Schema["Copy"]).Select(r => r.Number));
    }

    // What comes before can't be computed by several, and what is copied as it is need not be.
    [Fact]
    public void NeitherIsWhatNothingIsMappedOf()
    {
        var view = Mapped(Enumerable.Range(0, 3));

        using var cursor = Assert.Single(view.GetRowCursorSet([view.Schema["Number"]], 3));

        Assert.Equal(3, Read(cursor, view.Schema["Number"]).Count);
    }

    // A getter that fails is one of the row it was asked for; a source that fails ends one cursor, and the others after what they were given.
    [Fact]
    public async Task ASourceThatFailsEndsOneCursor()
    {
        var view = Mapped(Enumerable.Range(0, 1000).Select(i => i == 700 ? throw new FileNotFoundException("numbers.txt is gone.") : i));

        var cursors = view.GetRowCursorSet([view.Schema["Copy"]], 2);
        var errors = await Task.WhenAll(cursors.Select(cursor => Task.Run(() => Record.Exception(() => Read(cursor, view.Schema["Copy"])))));

        Assert.IsType<FileNotFoundException>(Assert.Single(errors, error => error is not null)!.GetBaseException());
    }

    private IDataView Mapped(IEnumerable<int> numbers)
    {
        var data = _ml.Data.LoadFromEnumerable(numbers.Select(i => new Row { Number = i }));
        return _ml.Transforms.CopyColumns("Copy", "Number").Fit(data).Transform(data);
    }

    private static List<(long Batch, int Number)> Read(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        using (cursor)
        {
            var get = cursor.GetGetter<int>(column);
            var (rows, number) = (new List<(long, int)>(), 0);
            while (cursor.MoveNext())
            {
                get(ref number);
                rows.Add((cursor.Batch, number));
            }
            return rows;
        }
    }
}
