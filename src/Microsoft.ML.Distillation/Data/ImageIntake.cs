using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Data;

/// <summary>A run's images as they come in: what is kept of both sets, which rows were left out, and what else was found out about them.</summary>
internal sealed class ImageIntake(DistillationOptions options, IChannel channel, string temporaryFolder)
{
    private const string Training = "training";
    private readonly List<DataFinding> _findings = [];
    private readonly RowLog _training = Rows(options);
    private readonly RowLog _validation = Rows(options);
    private long _memoryBytes;

    public IReadOnlyList<DataFinding> Findings => _findings;

    public IReadOnlyList<SkippedRow> Skipped => [.. _training.Skipped, .. _validation.Skipped];

    /// <summary>What to do with bad rows that are read once the run is over.</summary>
    public static RowLog Rows(DistillationOptions options) => new(options.BadImages, options.MaxImagePixels) { Offered = true };

    /// <summary>The training rows without those that were, or will be, left out.</summary>
    public IDataView KeptOfTraining(IDataView data) => Kept(data, _training);

    /// <inheritdoc cref="KeptOfTraining"/>
    public IDataView KeptOfValidation(IDataView data) => Kept(data, _validation);

    /// <param name="read">Fills a new store, and gives it back with what else there is.</param>
    public T ReadTraining<T>(ImageSize size, ProgressReporter progress, Func<PixelStore, string, RowLog, T> read) => Read(size, progress, Training, _training, read);

    /// <inheritdoc cref="ReadTraining"/>
    public T ReadValidation<T>(ImageSize size, ProgressReporter progress, Func<PixelStore, string, RowLog, T> read) => Read(size, progress, "validation", _validation, read);

    /// <summary>Reads the training rows at another size; what there is to say of them was said the first time.</summary>
    /// <param name="read">Fills a new store, and gives it back with what else there is.</param>
    public T ReadTrainingAgain<T>(ImageSize size, Func<PixelStore, string, RowLog, T> read) => Filled(size, store => read(store, Training, Rows(options)));

    /// <summary>Looks for images that are in both sets.</summary>
    public void CheckLeaks(PixelStore training, PixelStore validation)
    {
        var validationRows = options.ValidationFraction > 0 ? _training : _validation;
        if (LeakCheck.Find(training, _training, validation, validationRows) is not { } finding)
            return;
        channel.Warning(MessageSensitivity.None, finding.Text);
        _findings.Add(finding);
    }

    private static IDataView Kept(IDataView data, RowLog rows) => rows.Skips ? new KeptRows(data, rows) : data;

    private T Read<T>(ImageSize size, ProgressReporter progress, string role, RowLog rows, Func<PixelStore, string, RowLog, T> read)
    {
        progress.Entered(DistillationPhase.LoadingImages, $"Reading the {role} images at {size} pixels.");
        return Filled(size, store =>
        {
            var result = read(store, role, rows);
            _memoryBytes += store.MemoryBytes;
            rows.WriteTo(channel, role, store.Count);
            _findings.AddRange(rows.Findings(role));
            return result;
        });
    }

    /// <summary>Has a store filled with what is left of the budget.</summary>
    private T Filled<T>(ImageSize size, Func<PixelStore, T> fill) => PixelStore.Filled(size, options.MemoryBudget - _memoryBytes, temporaryFolder, fill);
}
