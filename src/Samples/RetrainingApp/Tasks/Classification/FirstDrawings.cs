using Samples.Common.Drawing;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>Images with a class each: of class-named folders, or drawn.</summary>
internal sealed class FirstDrawings(DataHome home)
{
    private static readonly string[] _drawn = ["bar", "disc", "ring", "star"];

    public static IEnumerable<FirstImage> Read(string folder) =>
        from label in Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
        from path in Directory.EnumerateFiles(label, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        select new FirstImage(File.ReadAllBytes(path), Path.GetFileName(path), Annotation.OfClass(Path.GetFileName(label))) { Path = path };

    public IEnumerable<FirstImage> Draw(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var label = _drawn[i % _drawn.Length];
            var pixels = Painter.Paint(Array.FindIndex(Shapes.All, shape => shape.Name == label), seed: 1, stream: 1, (ulong)i);
            yield return new FirstImage(PngFile.Of(home.In("drawing.png"), Painter.Size, pixels), $"drawing {i + 1}.png", Annotation.OfClass(label));
        }
    }
}
