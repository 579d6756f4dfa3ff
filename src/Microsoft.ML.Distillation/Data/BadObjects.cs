namespace Microsoft.ML.Distillation;

/// <summary>What becomes of objects that can't be used: those whose label is missing or out of range, and those whose box is not of numbers, inverted, without area, or outside the image.</summary>
public enum BadObjects
{
    /// <summary>The whole row of such an object is bad, with its image and all else that is on it; <see cref="DistillationOptions.BadImages"/> says what becomes of it.</summary>
    Refuse,

    /// <summary>
    /// They are left out, and the rest of the row is used. <see cref="TrainingReport.DataFindings"/> and ML.NET's log count them. A run that would lose all objects of a class so still fails.
    /// </summary>
    Drop,
}
