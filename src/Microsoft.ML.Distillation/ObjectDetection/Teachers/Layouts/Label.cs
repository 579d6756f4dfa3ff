namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>Labels that outputs hold.</summary>
internal static class Label
{
    /// <returns>The class from 0; null for a label below the first class's, which is a background's or fills a row up.</returns>
    /// <exception cref="InvalidDataException">The detector has no such class.</exception>
    public static int? ClassOf(double label, int firstLabel, LayoutValues values, string output)
    {
        var @class = label - firstLabel;
        if (@class < 0)
            return null;
        return @class < values.Classes
            ? (int)@class
            : throw new InvalidDataException(FormattableString.Invariant($"{values.Source}: output '{output}' holds the label {label}, and there are {values.Classes} classes, the first one labelled {firstLabel}. ")
                + "Name all classes in the order of the labels (OnnxDetectorTeacherOptions.ClassNames), or set FirstLabel.");
    }
}
