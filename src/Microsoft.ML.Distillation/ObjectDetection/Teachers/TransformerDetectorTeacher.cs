using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Any fitted ML.NET model that finds objects as a teacher, such as ML.NET's own <c>ObjectDetection</c> trainer makes: what it is made of doesn't matter, only its columns. It looks at every
/// training row once, as it is, and what it finds become labels.
/// </summary>
/// <remarks>
/// Methods that learn from raw predictions or feature maps can't use it. ML.NET's trainer leaves out what it scores below its own threshold, .5 unless set. The rows must come in the same order on every pass,
/// and the model must keep their number, as row-to-row models do. It stays its owner's, who disposes it.
/// </remarks>
public sealed class TransformerDetectorTeacher : DetectorTeacher
{
    private readonly ITransformer _transformer;
    private readonly TransformerDetectorTeacherOptions _options;

    /// <summary>Takes a fitted model as a teacher.</summary>
    /// <param name="transformer">The model. It is not disposed.</param>
    /// <param name="options">Which of its columns to read; null for the names that ML.NET's own detector uses.</param>
    public TransformerDetectorTeacher(ITransformer transformer, TransformerDetectorTeacherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        (_transformer, _options) = (transformer, options ?? new());
    }

    /// <inheritdoc/>
    public override string Name => _options.Name;

    /// <summary>The class names the options give; null where those are left to the predicted label's key values, which only a run's data can tell.</summary>
    public override IReadOnlyList<string>? ClassNames => _options.ClassNames;

    internal override void Validate(Faults faults)
    {
        _options.Validate(faults);
        faults.AddIf(!_transformer.IsRowToRowMapper, $"{Name} may drop or add rows (it is no row-to-row model), so that what it finds can't be told apart by row; leave out the filtering step.");
    }

    internal override DetectorTeacherSession Open(DetectorTeacherSettings settings)
    {
        if (settings.Parts != DetectionParts.None)
        {
            throw new InvalidDataException($"{Name} gives boxes alone, and a method wants its {(settings.Parts.HasFlag(DetectionParts.Heads) ? "raw predictions" : "feature maps")}; "
                + "leave such methods out, and the student learns from its boxes, or use an ONNX detector or a trained student as teacher.");
        }
        return settings.Rows is { } rows
            ? new TransformerDetectorTeacherSession(_transformer, _options, rows, settings)
            : throw new InvalidDataException($"{Name} looks at the rows of a data view, and there are only images here.");
    }
}
