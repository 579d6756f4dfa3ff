using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public sealed class TeacherCacheStoreTests : IDisposable
{
    // 6 MiB: two in a block of 16 MiB.
    private const int Record = 6 << 20;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(40L << 20, 0L, 6, 36L << 20, 0L)]
    [InlineData(20L << 20, 13L << 20, 4, 12L << 20, 12L << 20)]
    [InlineData(0L, 100L << 20, 6, 0L, 36L << 20)]
    [InlineData(0L, 0L, 0, 0L, 0L)]
    public void WhatTheBudgetsHoldIsKept(long memory, long files, int kept, long memoryUsed, long filesUsed)
    {
        using (var store = new TeacherCacheStore(3, 2, memory, files, _folder.Path))
        {
            for (var i = 0; i < 6; i++)
            {
                var place = store.Add(i % 3, i / 3, Record);
                Assert.Equal(i < kept ? Record : 0, place.Length);
                place.Fill((byte)(i + 1));
            }
            for (var i = 0; i < 6; i++)
            {
                Assert.Equal(i < kept, store.Has(i % 3, i / 3));
                if (i < kept)
                    Assert.True(store.Find(i % 3, i / 3).IndexOfAnyExcept((byte)(i + 1)) < 0, $"Record {i} differs.");
            }
            Assert.Equal((memoryUsed, filesUsed, kept < 6), (store.MemoryBytes, store.FileBytes, store.IsFull));
            Assert.Equal(filesUsed > 0, Directory.GetFiles(_folder.Path).Length > 0);
        }
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void SmallRunsTakeLittleRoom()
    {
        using var store = new TeacherCacheStore(100, 2, long.MaxValue, 0, _folder.Path);

        store.Add(99, 1, 40);

        Assert.Equal((8000, true, false), (store.MemoryBytes, store.Has(99, 1), store.Has(99, 0)));
    }
}
