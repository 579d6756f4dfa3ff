using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Records of equal length, one for a view of a row: in memory up to a budget, then in memory-mapped files up to another, and no further.</summary>
internal sealed class TeacherCacheStore(int rows, int views, long memoryBudget, long fileBudget, string folder) : IDisposable
{
    private readonly int[]?[] _places = new int[views][]; // from 1; 0 is none
    private RowBlocks? _records;

    public long MemoryBytes => _records?.MemoryBytes ?? 0;

    public long FileBytes => _records?.FileBytes ?? 0;

    /// <summary>Whether the budgets are spent.</summary>
    public bool IsFull { get; private set; }

    /// <returns>The record of a view that is there.</returns>
    public ReadOnlySpan<byte> Find(int row, int view) => _records![_places[view]![row] - 1];

    public bool Has(int row, int view) => _places[view] is { } places && places[row] != 0;

    /// <summary>Makes room for a view's record.</summary>
    /// <param name="bytes">Its length, the same for all.</param>
    /// <returns>The place to write to; nothing where the budgets are spent.</returns>
    public Span<byte> Add(int row, int view, int bytes)
    {
        _records ??= new RowBlocks(bytes, (long)rows * views, memoryBudget, fileBudget, folder);
        Span<byte> record = [];
        IsFull = IsFull || !TryAdd(out record);
        if (!IsFull)
            (_places[view] ??= new int[rows])[row] = _records.Count;
        return record;
    }

    public void Dispose() => _records?.Dispose();

    private bool TryAdd(out Span<byte> record)
    {
        record = [];
        try
        {
            return _records!.TryAdd(out record);
        }
        catch (IOException)
        {
            // A disk without room for it costs time, not the run.
            return false;
        }
    }
}
