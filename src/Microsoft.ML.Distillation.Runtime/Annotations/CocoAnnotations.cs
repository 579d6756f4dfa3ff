using System.Globalization;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Reads COCO's JSON.</summary>
internal static class CocoAnnotations
{
    public static List<AnnotatedImage> Read(string file, ImageFolder folder, bool keepCrowds)
    {
        var content = JsonAnnotations.Read<CocoFile>(file, "COCO's format");
        var categories = ById(file, "categories", content.Categories, c => c.Id, (c, where) =>
            string.IsNullOrEmpty(c.Name) ? throw new InvalidDataException($"{where}: 'name' is missing or empty.") : c.Name);
        var images = new List<(ImageObjects Objects, Func<ImageObjects, AnnotatedImage> Finish)>();
        var places = ById(file, "images", content.Images, i => i.Id, (image, where) =>
        {
            var path = folder.Find(image.FileName, $"{where}: 'file_name'");
            var (width, height) = (ImageObjects.Size(image.Width, $"{where}: 'width'"), ImageObjects.Size(image.Height, $"{where}: 'height'"));
            images.Add((new ImageObjects(), objects => objects.In(path, width, height)));
            return images.Count - 1;
        });
        if (images.Count == 0)
            throw new InvalidDataException($"'{file}' has no 'images'.");
        var annotations = content.Annotations ?? throw new InvalidDataException($"'{file}' has no 'annotations'; for a file without any object, give an empty list.");
        for (var i = 0; i < annotations.Count; i++)
        {
            var annotation = annotations[i] ?? throw new InvalidDataException($"'{file}': annotations[{i}] is null.");
            var where = $"'{file}', annotation {(annotation.Id is { } id ? AnnotationFile.Shown(id) : $"at place {i}")}";
            var image = Named(places, annotation.ImageId, where, "image_id", "images");
            var label = Named(categories, annotation.CategoryId, where, "category_id", "categories");
            if (keepCrowds || !annotation.IsCrowd)
                images[image].Objects.Add(label, Box(annotation, where), where, Area(annotation, where), annotation.IsCrowd);
        }
        return images.ConvertAll(image => image.Finish(image.Objects));
    }

    private static Dictionary<string, T> ById<TItem, T>(string file, string list, List<TItem?>? items, Func<TItem, string?> id, Func<TItem, string, T> read) where TItem : class
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        for (var i = 0; i < items?.Count; i++)
        {
            var item = items[i] ?? throw new InvalidDataException($"'{file}': {list}[{i}] is null.");
            var key = id(item) ?? throw new InvalidDataException($"'{file}': {list}[{i}] has no 'id'.");
            if (!found.TryAdd(key, read(item, $"'{file}', {list} id {AnnotationFile.Shown(key)}")))
                throw new InvalidDataException($"'{file}': {list}[{i}] has the 'id' {AnnotationFile.Shown(key)} of another; ids must differ.");
        }
        return found;
    }

    private static T Named<T>(Dictionary<string, T> known, string? id, string where, string field, string list) =>
        id is null ? throw new InvalidDataException($"{where}: '{field}' is missing.")
        : known.TryGetValue(id, out var value) ? value
        : throw new InvalidDataException($"{where}: '{field}' is {AnnotationFile.Shown(id)}, which none of '{list}' has as its id.");

    private static (double, double, double, double) Box(CocoAnnotation annotation, string where)
    {
        if (annotation.Box is not [var x, var y, var width, var height])
            throw new InvalidDataException($"{where}: 'bbox' {(annotation.Box is null ? "is missing" : $"has {annotation.Box.Length} values")}; x y width height are needed.");
        if (width < 0 || height < 0)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{where}: 'bbox' is {width}×{height} pixels; width and height can't be negative."));
        return (x, y, x + width, y + height);
    }

    private static double? Area(CocoAnnotation annotation, string where) =>
        annotation.Area is not { } area || (area >= 0 && double.IsFinite(area))
            ? annotation.Area
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{where}: 'area' is {area}; 0 or more is needed."));
}
