using Microsoft.ML.Distillation.Scoring;

namespace Microsoft.ML.Distillation.Tests.Runtime.Scoring;

public class ImageBatchTests
{
    [Theory]
    [InlineData(5, 3, false)]
    [InlineData(3, 3, false)]
    [InlineData(2, 2, true)]
    [InlineData(0, 0, true)]
    public void ItTakesWhatThereIsAndNoMore(int rows, int taken, bool isLast)
    {
        var batch = new ImageBatch(3, 2);

        batch.Fill((own, row) => Read(own, row, rows));

        Assert.Equal((taken, isLast, null), (batch.Rows, batch.IsLast, batch.Fault));
        Assert.Equal(Enumerable.Range(0, taken).SelectMany(row => new[] { row + 1f, row + 1f }), batch.Pixels.Take(2 * taken));
    }

    // What is good is scored; what is not is thrown where its turn comes.
    [Fact]
    public void RowsBeforeABadOneStay()
    {
        var batch = new ImageBatch(3, 2);

        batch.Fill((own, row) => row == 1 ? throw new InvalidDataException("bad") : Read(own, row, 3));

        Assert.Equal((1, true), (batch.Rows, batch.IsLast));
        Assert.Equal("bad", Assert.Throws<InvalidDataException>(() => batch.Fault!.Throw()).Message);
        batch.Fill((own, row) => Read(own, row, 3));
        Assert.Equal((3, null), (batch.Rows, batch.Fault));
    }

    private static bool Read(ImageBatch batch, int row, int rows)
    {
        if (row >= rows)
            return false;
        batch.Pixels.AsSpan(2 * row, 2).Fill(row + 1);
        return true;
    }
}
