using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>What there is to tell a file's layout by.</summary>
/// <param name="Outputs">Of a run with a black image.</param>
/// <param name="Input">Size of that image.</param>
/// <param name="Own">For a file this library exported.</param>
internal sealed record LayoutClues(string Source, IReadOnlyList<OutputClue> Outputs, ImageSize Input, OnnxDetectorTeacherOptions Options, DetectorFile? Own)
{
    /// <summary>Whether the layout is named, so that names of outputs needn't tell it.</summary>
    public bool IsNamed => Options.Layout != DetectorOutputLayout.Auto;

    public AnchorGrid Anchors { get; } = Own is { } own ? YoloGrid.Of(own.Anchors) : YoloGrid.Of(Options);

    /// <summary>The only output, if there is just one and it has three axes.</summary>
    public OutputClue? Single => Outputs is [{ IsInteger: false, Shape.Length: 3 } only] ? only : null;

    public OutputClue? Named(params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (Outputs.FirstOrDefault(o => o.Says(part)) is { } found)
                return found;
        }
        return null;
    }
}

/// <summary>An output, and its shape for one image (or the only number of them the file takes).</summary>
internal sealed record OutputClue(string Name, long[] Shape, bool IsInteger)
{
    public bool IsBoxes => !IsInteger && Shape.Length is 2 or 3 && Shape[^1] == 4;

    public bool Says(string part) => Name.Contains(part, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"'{Name}' {OnnxValue.ShapeText(Shape)}{(IsInteger ? " of integers" : "")}";
}
