namespace Microsoft.ML.Distillation;

/// <summary>How a teacher does on labelled images.</summary>
public sealed class TeacherMetrics
{
    /// <summary>Images looked at.</summary>
    public required int Rows { get; init; }

    /// <summary>Share of images whose most likely class is the label, 0…1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Trained values in the teacher; null when not known.</summary>
    public long? Parameters { get; init; }

    /// <summary>Size of the teacher's model file in bytes; null when it has none.</summary>
    public long? ModelBytes { get; init; }
}
