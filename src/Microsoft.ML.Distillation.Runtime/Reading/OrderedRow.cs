using System.Runtime.ExceptionServices;

namespace Microsoft.ML.Distillation.Reading;

/// <summary>A row as it was read from one of several cursors. Its memory is used again for another row.</summary>
internal abstract class OrderedRow
{
    /// <summary>The row's place in the data, which messages name.</summary>
    public long Number { get; set; }

    /// <summary>Where rows of several cursors belong: those of a batch come from one cursor, and the lower batch is first.</summary>
    public long Batch { get; set; }

    /// <summary>What ends the reading when the row's turn comes.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    /// <summary>Forgets the row before.</summary>
    public abstract void Clear();
}
