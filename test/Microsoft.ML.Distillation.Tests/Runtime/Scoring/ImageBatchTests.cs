using Microsoft.ML.Data;
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
        var batch = new ImageBatch(3);

        batch.Fill(Rows(rows));

        Assert.Equal((taken, isLast, null), (batch.Rows, batch.IsLast, batch.Fault));
        Assert.Equal(Enumerable.Range(1, taken).SelectMany(row => new float[] { row, row }), Written(batch));
        Assert.Equal(Enumerable.Range(1, taken).SelectMany(row => new long[] { row, 10 * row }), batch.Sizes.Take(2 * taken));
    }

    // What is good is scored; what is not is thrown where its turn comes.
    [Fact]
    public void RowsBeforeABadOneStay()
    {
        var batch = new ImageBatch(3);
        var read = Rows(3);

        batch.Fill(() => batch.Rows == 1 ? throw new InvalidDataException("bad") : read());

        Assert.Equal((1, true), (batch.Rows, batch.IsLast));
        Assert.Equal([1, 1], Written(batch));
        Assert.Equal("bad", Assert.Throws<InvalidDataException>(() => batch.Fault!.Throw()).Message);
        batch.Fill(Rows(3));
        Assert.Equal((3, null), (batch.Rows, batch.Fault));
    }

    private static float[] Written(ImageBatch batch)
    {
        var values = new float[2 * batch.Rows];
        batch.WriteTo(values, 2);
        return values;
    }

    /// <summary>Rows as they are read: all in the same place.</summary>
    private static Func<ScoredImage?> Rows(int count)
    {
        var (row, image) = (0, new ScoredImage());
        return () =>
        {
            if (row++ == count)
                return null;
            image.Pixels.Take((ref VBuffer<float> values) => values = new VBuffer<float>(2, [row, row]));
            (image.Size[0], image.Size[1]) = (row, 10 * row);
            return image;
        };
    }
}
