namespace Microsoft.ML.Distillation;

/// <summary>What becomes of rows whose image or label can't be used.</summary>
public enum BadImages
{
    /// <summary>The first one ends the run with an <see cref="InvalidDataException"/> that names its row.</summary>
    Throw,

    /// <summary>They are left out, and listed in <see cref="TrainingReport.SkippedRows"/> and in ML.NET's log. A run that would lose all rows, or all of a class, still fails.</summary>
    Skip,
}
