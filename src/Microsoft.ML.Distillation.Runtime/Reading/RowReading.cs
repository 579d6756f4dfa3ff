using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Microsoft.ML.Distillation.Reading;

/// <summary>How data that can't be read is spoken of.</summary>
/// <param name="Role">What the rows are for: "training".</param>
/// <param name="OneByOne">What makes one thread read it: "set Threads to 1".</param>
internal record RowReading(string Role, string OneByOne)
{
    /// <param name="read">Rows before.</param>
    /// <param name="error">What a cursor threw.</param>
    [DoesNotReturn]
    public virtual void ThrowUnreadable(long read, Exception error) => ExceptionDispatchInfo.Throw(error);
}
