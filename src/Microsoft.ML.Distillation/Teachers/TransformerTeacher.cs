using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Any fitted ML.NET model that scores classes as a teacher: what it is made of doesn't matter, only its columns. It reads its input columns from
/// the training rows and scores every row once, on the image as it is, before training.
/// </summary>
/// <remarks>
/// The scores are exact for images that augmentation leaves alone, and an approximation for mirrored ones. For cropped or cut-out images they would be
/// another image's, so that such augmentation is refused, unless <see cref="TransformerTeacherOptions.AllowUnscoredChanges"/> says otherwise. Only
/// methods that learn from logits can use it. Memory: 4 bytes for each row and class. The rows must come in the same order on
/// every pass, and the model must keep their number, as row-to-row models do. It stays its owner's, who disposes it.
/// </remarks>
public sealed class TransformerTeacher : Teacher
{
    private readonly ITransformer _transformer;
    private readonly TransformerTeacherOptions _options;

    /// <summary>Takes a fitted model as a teacher.</summary>
    /// <param name="transformer">The model. It is not disposed.</param>
    /// <param name="options">Which of its outputs to learn; null for the defaults.</param>
    public TransformerTeacher(ITransformer transformer, TransformerTeacherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        (_transformer, _options) = (transformer, options ?? new TransformerTeacherOptions());
    }

    /// <inheritdoc/>
    public override string Name => _options.Name;

    /// <summary>The class names the options give; null where those are left to the score column's slot names, which only a run's data can tell.</summary>
    public override IReadOnlyList<string>? ClassNames => _options.ClassNames;

    internal override IReadOnlyList<string>? FindClassNames(IDataView? rows) =>
        ClassNames ?? (rows is null ? null : ScoreColumn.Find(_transformer, _options, rows.Schema).SlotNames);

    internal override void Validate(Faults faults)
    {
        _options.Validate(faults);
        faults.AddIf(!_transformer.IsRowToRowMapper, $"{Name} may drop or add rows (it is no row-to-row model), so that its scores can't be told apart by row; leave out the filtering step.");
    }

    internal override void Check(ImageAugmentation augmentation, Faults faults)
    {
        faults.AddIf(augmentation.Mixes, $"{Name} scores every image once, as it is, and Augmentation mixes images of two: set Augmentation.Mixup and Augmentation.CutMix to 0.");
        var unscored = string.Join(", ", UnscoredChanges.Of(augmentation));
        faults.AddIf(unscored.Length > 0 && !_options.AllowUnscoredChanges, $"{Name} scores every image once, as it is, and Augmentation changes images further than mirroring does ({unscored}): "
            + "switch that off, or set TransformerTeacherOptions.AllowUnscoredChanges if changed images still show what the whole ones do.");
    }

    internal override TeacherSession Open(TeacherSettings settings) => settings.Rows is { } rows
        ? new TransformerTeacherSession(_transformer, _options, rows, settings)
        : throw new InvalidDataException($"{Name} scores the rows of a data view, and there are only images here.");
}
