using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.ML.Distillation.Reading;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Data that an estimator or what it fitted reads.</summary>
internal sealed record RowsFor(string Role) : RowReading(Role, "set Threads to 1")
{
    /// <summary>Says that the data ends before its end.</summary>
    /// <param name="read">Rows before it.</param>
    /// <param name="error">What a step before the estimator threw; itself where it is no fault of the data.</param>
    [DoesNotReturn]
    public override void ThrowUnreadable(long read, Exception error)
    {
        if (error is OperationCanceledException or OutOfMemoryException)
            ExceptionDispatchInfo.Throw(error);
        throw new InvalidDataException(
            $"The {Role} data can't be read beyond its first {read} rows: {error.GetBaseException().Message.TrimEnd('.')}. The step that fails comes before the estimator, and may have read ahead: "
            + "the row at fault is that one or a later one. Remove rows whose files are missing.", error);
    }
}
