using Microsoft.ML.Data;
using Samples.Common.Drawing;
using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Starting;

/// <summary>Labelled images to begin with, where there are none: a folder's, or drawings.</summary>
internal sealed class FirstImages(AppOptions options, ImageStore images, ImageCheck check, DataHome home, ILogger<FirstImages> log)
{
    private static readonly string[] _drawn = ["bar", "disc", "ring", "star"];

    public void Add()
    {
        if (images.Count().Images > 0)
            return;
        if (options.Images is { } folder)
            AddFolder(folder);
        else
            AddDrawings();
    }

    private void AddFolder(string folder)
    {
        foreach (var label in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            foreach (var path in Directory.EnumerateFiles(label, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                AddFile(path, Path.GetFileName(label));
        }
        log.LogInformation("{Count} images from '{Folder}'.", images.Count().Images, folder);
    }

    private void AddFile(string path, string label)
    {
        try
        {
            images.Add(check.Check(File.ReadAllBytes(path)), Path.GetFileName(path), label);
        }
        catch (Refusal refusal)
        {
            log.LogWarning("'{Path}' is left out: {Reason}", path, refusal.Message);
        }
    }

    private void AddDrawings()
    {
        var path = home.In("drawing.png");
        for (var i = 0; i < options.Drawings; i++)
        {
            var label = _drawn[i % _drawn.Length];
            var pixels = Painter.Paint(Array.FindIndex(Shapes.All, shape => shape.Name == label), seed: 1, stream: 1, (ulong)i);
            using (var image = MLImage.CreateFromPixels(Painter.Size, Painter.Size, MLPixelFormat.Rgba32, pixels))
                image.Save(path);
            images.Add(check.Check(File.ReadAllBytes(path)), $"drawing {i + 1}.png", label);
        }
        File.Delete(path);
    }
}
