using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>What a box may be.</summary>
internal static class BoxCheck
{
    public const int MostBoxes = 100;

    private const double LeastSide = 1;

    public static bool IsLargeEnough(double x0, double y0, double x1, double y1) => x1 - x0 >= LeastSide && y1 - y0 >= LeastSide;

    /// <summary>A box without what is beyond an edge of the image.</summary>
    public static ObjectBox Clipped(ObjectBox box, int width, int height) =>
        box with { X0 = Math.Max(box.X0, 0), Y0 = Math.Max(box.Y0, 0), X1 = Math.Min(box.X1, width), Y1 = Math.Min(box.Y1, height) };

    /// <summary>The boxes as they are kept: what is beyond an edge of the image cut off.</summary>
    /// <exception cref="Refusal">There are too many, or one is no box on this image.</exception>
    public static IReadOnlyList<ObjectBox> Checked(IReadOnlyList<ObjectBox?>? boxes, int width, int height)
    {
        if (boxes is null)
            throw new Refusal(StatusCodes.Status400BadRequest, "The boxes are missing: expected {\"boxes\": [{\"label\", \"x0\", \"y0\", \"x1\", \"y1\"}, …]}; an empty list says that there are no objects.");
        if (boxes.Count > MostBoxes)
            throw new Refusal(StatusCodes.Status400BadRequest, $"There are {boxes.Count} boxes; an image has at most {MostBoxes}.");
        return [.. boxes.Select((box, i) => Checked(box, i + 1, width, height))];
    }

    private static ObjectBox Checked(ObjectBox? box, int number, int width, int height)
    {
        if (box is null || !(double.IsFinite(box.X0) && double.IsFinite(box.Y0) && double.IsFinite(box.X1) && double.IsFinite(box.Y1)))
            throw new Refusal(StatusCodes.Status400BadRequest, $"Box {number}: expected four finite numbers, x0 y0 x1 y1 in pixels of the image.");
        var kept = Clipped(box, width, height) with { Label = ClassName.Checked(box.Label) };
        if (!IsLargeEnough(kept.X0, kept.Y0, kept.X1, kept.Y1))
        {
            throw new Refusal(
                StatusCodes.Status400BadRequest,
                FormattableString.Invariant($"Box {number} is {box.X0} {box.Y0} {box.X1} {box.Y1}; expected x0 < x1 and y0 < y1, and a pixel or more each way on the image of {width}×{height} pixels."));
        }
        return kept;
    }
}
