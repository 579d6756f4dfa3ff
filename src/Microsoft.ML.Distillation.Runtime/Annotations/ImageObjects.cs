using System.Globalization;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Gathers the objects of an image.</summary>
internal sealed class ImageObjects
{
    private const double Farthest = 1e9;
    private readonly List<string> _labels = [];
    private readonly List<float> _corners = [];
    private readonly List<float> _areas = [];
    private readonly List<bool> _crowds = [];

    /// <param name="where">File and object, for the error.</param>
    /// <exception cref="InvalidDataException">An edge is no usable number, or the right or lower one lies before its opposite.</exception>
    public void Add(string label, (double X0, double Y0, double X1, double Y1) box, string where, double? area = null, bool crowd = false)
    {
        double[] edges = [box.X0, box.Y0, box.X1, box.Y1];
        if (Array.Exists(edges, e => !(Math.Abs(e) <= Farthest)))
            throw new InvalidDataException($"{where}: the box {Text(box)} is not in pixels of any image.");
        if (box.X1 < box.X0 || box.Y1 < box.Y0)
            throw new InvalidDataException($"{where}: the box {Text(box)} (x0 y0 x1 y1) has its right or lower edge before the left or upper one.");
        if (area is { } given && !(given >= 0 && given <= Farthest * Farthest))
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{where}: the area is {given}; pixels, 0 or more, are needed."));
        _labels.Add(label);
        _corners.AddRange(Array.ConvertAll(edges, e => (float)e));
        _areas.Add((float)(area ?? (box.X1 - box.X0) * (box.Y1 - box.Y0)));
        _crowds.Add(crowd);
    }

    public AnnotatedImage In(string path, int width, int height) =>
        new() { ImagePath = path, Label = [.. _labels], BoundingBoxes = [.. _corners], Area = [.. _areas], IsCrowd = [.. _crowds], Width = width, Height = height };

    /// <summary>A width or height as a file gives it; 0 where it doesn't.</summary>
    public static int Size(double? value, string where) => value switch
    {
        null => 0,
        >= 0 and <= int.MaxValue when value == Math.Floor(value.Value) => (int)value,
        _ => throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{where} is {value}; a number of pixels is needed.")),
    };

    private static string Text((double X0, double Y0, double X1, double Y1) box) => string.Create(CultureInfo.InvariantCulture, $"{box.X0} {box.Y0} {box.X1} {box.Y1}");
}
