using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public sealed class PixelStoreTests : IDisposable
{
    private const int Rows = 30;

    // 3·640·480 bytes: 18 rows in a block of 16 MiB, so that 30 rows need two blocks.
    private static readonly ImageSize Large = new(640, 480);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(long.MaxValue, 0)]
    [InlineData(20L << 20, 1)]
    [InlineData(0, 2)]
    public void MemoryAndFilesHoldTheSameBytes(long budget, int files)
    {
        using (var store = Stores.Numbered(Rows, Large, budget, _folder.Path))
        {
            var random = new Random(42);
            var expected = new byte[store.RowBytes];
            Assert.Equal(files, Directory.GetFiles(_folder.Path).Length);
            Assert.Equal((Rows, 3 * 640 * 480), (store.Count, store.RowBytes));
            Assert.Equal((2 - files) * 18L * store.RowBytes, store.MemoryBytes);
            for (var row = 0; row < Rows; row++)
            {
                random.NextBytes(expected);
                (expected[0], expected[1]) = (0, (byte)row);
                Assert.True(store.Pixels(row).SequenceEqual(expected), $"Row {row} differs.");
            }
            Assert.Equal(Enumerable.Range(0, Rows).Select(r => r % 7), store.Labels);
        }
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    // 18 rows, 36, 72 and 145: a process may have so many files open, and no more.
    [Fact]
    public void FilesDoubleInSize()
    {
        using var store = new PixelStore(Large, 0, _folder.Path);

        for (var row = 0; row < 200; row++)
            store.Add(row)[row] = (byte)(row + 1);

        Assert.Equal(4, Directory.GetFiles(_folder.Path).Length);
        for (var row = 0; row < 200; row++)
            Assert.Equal((byte)(row + 1), store.Pixels(row)[row]);
        Assert.Equal(0, store.MemoryBytes);
    }

    // The rows of a file that is only promised would end the process when they are written.
    [Fact]
    public void AFileThatTheDiskHasNoRoomForIsRefusedWhenItIsMade()
    {
        var room = new DriveInfo(_folder.Path).AvailableFreeSpace;

        Assert.Throws<IOException>(() => PixelBlock.InFile(room + (1L << 30), _folder.Path));

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void NormalizationIsThatOfAPlainDoubleLoop()
    {
        using var store = Stores.Numbered(50, new ImageSize(9, 4));
        var (mean, deviation) = (new double[3], new double[3]);
        for (var c = 0; c < 3; c++)
        {
            var values = Enumerable.Range(0, store.Count).SelectMany(row => store.Pixels(row).Slice(c * 36, 36).ToArray()).Select(p => p / 255.0).ToList();
            mean[c] = values.Sum() / values.Count;
            deviation[c] = Math.Sqrt(values.Sum(v => (v - mean[c]) * (v - mean[c])) / values.Count);
        }

        var measured = store.MeasureNormalization();

        Numbers.Close(mean, measured.Mean.Doubles(), 1e-7);
        Numbers.Close(deviation, measured.Deviation.Doubles(), 1e-7);
    }

    [Fact]
    public void AChannelOfOneColourKeepsAFiniteDeviation()
    {
        using var store = new PixelStore(new ImageSize(4, 4), long.MaxValue, _folder.Path);
        store.Add(0)[..16].Fill(51);

        var measured = store.MeasureNormalization();

        Assert.Equal([.2f, 0, 0], measured.Mean);
        Assert.Equal([1 / 255f, 1 / 255f, 1 / 255f], measured.Deviation);
    }

    [Fact]
    public void NewRowsAreBlack()
    {
        using var store = new PixelStore(new ImageSize(4, 4), 0, _folder.Path);

        Assert.True(store.Add(0).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void DisposedMemoryIsNotRead()
    {
        var block = PixelBlock.InMemory(16);
        block.Dispose();
        block.Dispose();

        Assert.Throws<ObjectDisposedException>(() => block.Row(0, 16).Length);
    }
}
