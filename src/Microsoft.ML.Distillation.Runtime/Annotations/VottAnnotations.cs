namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Reads VoTT's JSON.</summary>
internal static class VottAnnotations
{
    public static List<AnnotatedImage> Read(string file, ImageFolder folder)
    {
        var content = JsonAnnotations.Read<VottFile>(file, "VoTT's format");
        if (content.HasFrames)
            throw new InvalidDataException($"'{file}' is VoTT 1's ('frames'). Export from there in PASCAL VOC's or YOLO's format and load that, or label in VoTT 2.");
        if (content.HasSourceConnection)
        {
            throw new InvalidDataException($"'{file}' is a VoTT project ('sourceConnection'), which does not hold what is on the images. Choose 'VoTT JSON' in its export settings, export it, and load the file "
                + "whose name ends in '-export.json'.");
        }
        var assets = content.Asset is null ? content.Assets : [new VottEntry { Asset = content.Asset, Regions = content.Regions }];
        if (assets is null or [])
            throw new InvalidDataException($"'{file}' has no 'assets'.");
        var images = new List<AnnotatedImage>(assets.Count);
        foreach (var entry in assets)
        {
            var asset = entry?.Asset ?? throw new InvalidDataException($"'{file}': entry {images.Count} of 'assets' has no 'asset'.");
            var path = folder.Find(asset.Name, $"'{file}', asset {images.Count}: 'name'");
            var where = $"'{file}', asset '{AnnotationFile.Shown(asset.Name)}'";
            images.Add(Objects(entry.Regions ?? [], where).In(
                path, ImageObjects.Size(asset.Size?.Width, $"{where}: 'size.width'"), ImageObjects.Size(asset.Size?.Height, $"{where}: 'size.height'")));
        }
        return images;
    }

    private static ImageObjects Objects(List<VottRegion?> regions, string asset)
    {
        var objects = new ImageObjects();
        for (var i = 0; i < regions.Count; i++)
        {
            var where = $"{asset}, region {i}";
            var region = regions[i] ?? throw new InvalidDataException($"{where} is null.");
            if (region.BoundingBox is not { } box)
                throw new InvalidDataException($"{where}: 'boundingBox' is missing.");
            if (region.Tags is null or [] || region.Tags.Exists(string.IsNullOrEmpty))
                throw new InvalidDataException($"{where}: 'tags' is missing or empty; an object needs a class. Tag the region in VoTT or delete it, and export anew.");
            var (left, top) = (Side(box.Left, "left", where), Side(box.Top, "top", where));
            var (width, height) = (Side(box.Width, "width", where), Side(box.Height, "height", where));
            foreach (var tag in region.Tags)
                objects.Add(tag!, (left, top, left + width, top + height), where);
        }
        return objects;
    }

    private static double Side(double? value, string field, string where) => value ?? throw new InvalidDataException($"{where}: 'boundingBox.{field}' is missing.");
}
