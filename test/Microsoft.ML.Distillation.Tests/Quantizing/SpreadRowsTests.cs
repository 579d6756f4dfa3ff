using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Quantizing;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

public class SpreadRowsTests
{
    [Theory]
    [InlineData(10, 3, new[] { 0, 3, 6 })]
    [InlineData(10, 5, new[] { 0, 2, 4, 6, 8 })]
    [InlineData(3, 10, new[] { 0, 1, 2 })]
    [InlineData(7, 1, new[] { 0 })]
    [InlineData(0, 4, new int[0])]
    public void RowsAreEvenlySpread(int rows, int most, int[] expected)
    {
        var ml = new MLContext(1);
        // An enumerable without a count, as a text file has none.
        var spread = new SpreadRows(ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Where(_ => true).Select(i => new Row { Number = i })), most);

        Assert.Equal(expected, spread.GetColumn<int>("Number"));
        Assert.Equal(expected, spread.GetColumn<int>("Number"));
        Assert.Equal(expected.Length, spread.GetRowCount());
    }

    // Messages name rows by it.
    [Fact]
    public void APositionIsThatAmongAllRows()
    {
        var spread = new SpreadRows(new MLContext(1).Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new Row { Number = i })), 3);
        using var cursor = spread.GetRowCursor(spread.Schema);
        List<long> positions = [cursor.Position];

        while (cursor.MoveNext())
            positions.Add(cursor.Position);

        Assert.Equal([-1, 0, 3, 6, -1], [.. positions, cursor.Position]);
    }

    private sealed class Row
    {
        public int Number { get; set; }
    }
}
