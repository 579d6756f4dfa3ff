namespace Microsoft.ML.Distillation.Data;

/// <summary>Reads images once a run is over, prepared as they were for its training.</summary>
/// <param name="bad">What to do with bad rows, as in the run.</param>
internal sealed class PreparedImages(MLContext ml, ImagePreparation preparation, long memoryBudget, Func<RowLog> bad)
{
    public ImageSize Size => preparation.Size;

    /// <param name="label">Null to read images alone.</param>
    /// <param name="role">What the rows are for, for messages.</param>
    public PixelStore Read(IDataView data, LabelColumn? label, string role) => PixelStore.Filled(
        preparation.Size, memoryBudget, PixelStore.TemporaryFolder(ml), store => ImageReader.Read(data, preparation, label, store, role, null, CancellationToken.None, bad()));
}
