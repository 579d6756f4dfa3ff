using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Predictor;

/// <summary>Image files in the form that a model's input schema asks for: as paths, as decoded images, or as the bytes of the files.</summary>
internal static class Rows
{
    public static IDataView Load(MLContext ml, DataViewSchema wanted, IReadOnlyList<string> paths)
    {
        if (wanted.GetColumnOrNull("ImagePath") is not null)
            return ml.Data.LoadFromEnumerable(paths.Select(path => new PathRow { ImagePath = path }));
        // ML.NET leaves columns of images out of the schema it saves.
        return wanted.GetColumnOrNull("Image") is not null
            ? ml.Data.LoadFromEnumerable(paths.Select(path => new BytesRow { Image = File.ReadAllBytes(path) }))
            : ml.Data.LoadFromEnumerable(paths.Select(path => new ImageRow { Image = MLImage.CreateFromFile(path) }));
    }

    // Models that map their labels to keys want a label column; a model at work has nothing to put there.
    private class Row
    {
        public string Label { get; set; } = "";
    }

    private sealed class PathRow : Row
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class BytesRow : Row
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class ImageRow : Row
    {
        [ImageType(16, 16)]
        public MLImage? Image { get; set; }
    }
}
