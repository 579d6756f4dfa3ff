using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class KeptRowsTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class NumberRow
    {
        public int Number { get; set; }
    }

    [Fact]
    public void RowsLeftOutByTheTimeOfReadingAreNotThere()
    {
        var log = new RowLog(BadImages.Skip);
        var kept = new KeptRows(_ml.Data.LoadFromEnumerable(Enumerable.Range(0, 5).Select(i => new NumberRow { Number = i })), log);
        Assert.Equal([0, 1, 2, 3, 4], kept.GetColumn<int>("Number"));

        foreach (var row in new[] { 0, 3 })
            log.Skip(new("training", row, "", null));

        Assert.Equal([1, 2, 4], kept.GetColumn<int>("Number"));
        Assert.Equal([(0, 1), (1, 2), (2, 4)], Positions(kept));
        Assert.Equal([1, 2, 4], Enumerable.Range(0, 3).Select(log.SourceRow));
        Assert.Null(kept.GetRowCount());
    }

    private static List<(long, int)> Positions(IDataView data)
    {
        using var cursor = data.GetRowCursor(data.Schema);
        var getter = cursor.GetGetter<int>(data.Schema["Number"]);
        var rows = new List<(long, int)>();
        var value = 0;
        while (cursor.MoveNext())
        {
            getter(ref value);
            rows.Add((cursor.Position, value));
        }
        return rows;
    }
}
