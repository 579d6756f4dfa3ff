namespace Microsoft.ML.Distillation.Data;

/// <summary>Rows of equal length, one after another, outside the managed heap: in memory up to a budget, then in temporary memory-mapped files up to another, and no further.</summary>
/// <param name="rowBytes">Length of a row.</param>
/// <param name="most">Rows that there can be: no room is made for more.</param>
internal sealed class RowBlocks(int rowBytes, long most, long memoryBudget, long fileBudget, string folder) : IDisposable
{
    private const long BlockBytes = 16 << 20;

    // A file is one that the process has open, and there is a limit to those: so they double in size.
    private const long LargestFileBytes = 1 << 30;
    private readonly List<PixelBlock> _blocks = [];
    private readonly List<int> _firstRows = [];
    private long _nextFileBytes = BlockBytes;
    private int _room;

    public int Count { get; private set; }

    public long MemoryBytes { get; private set; }

    public long FileBytes { get; private set; }

    public Span<byte> this[int row]
    {
        get
        {
            var place = _firstRows.BinarySearch(row);
            var block = place < 0 ? ~place - 1 : place;
            return _blocks[block].Row(row - _firstRows[block], rowBytes);
        }
    }

    /// <returns>False where the budgets are spent.</returns>
    /// <exception cref="IOException">There is no room on the disk.</exception>
    public bool TryAdd(out Span<byte> row)
    {
        row = [];
        if (Count == _room && !TryAddBlock())
            return false;
        row = this[Count++];
        return true;
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
            block.Dispose();
        _blocks.Clear();
    }

    private bool TryAddBlock()
    {
        var rows = RowsIn(BlockBytes);
        if (FileBytes == 0 && MemoryBytes + rows * rowBytes <= memoryBudget)
        {
            MemoryBytes += rows * rowBytes;
            Append(PixelBlock.InMemory(rows * rowBytes), rows);
            return true;
        }
        rows = Math.Min(RowsIn(_nextFileBytes), (fileBudget - FileBytes) / rowBytes);
        if (rows == 0)
            return false;
        Append(PixelBlock.InFile(rows * rowBytes, folder), rows);
        FileBytes += rows * rowBytes;
        _nextFileBytes = Math.Min(2 * _nextFileBytes, LargestFileBytes);
        return true;
    }

    private void Append(PixelBlock block, long rows)
    {
        _blocks.Add(block);
        _firstRows.Add(_room);
        _room = checked((int)(_room + rows));
    }

    private long RowsIn(long bytes) => Math.Clamp(bytes / rowBytes, 1, most - _room);
}
