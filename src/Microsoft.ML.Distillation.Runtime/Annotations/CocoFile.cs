using System.Text.Json.Serialization;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Of a COCO file what is read.</summary>
internal sealed class CocoFile
{
    [JsonPropertyName("images")]
    public List<CocoImage?>? Images { get; set; }

    [JsonPropertyName("annotations")]
    public List<CocoAnnotation?>? Annotations { get; set; }

    [JsonPropertyName("categories")]
    public List<CocoCategory?>? Categories { get; set; }
}

internal sealed class CocoImage
{
    [JsonPropertyName("id"), JsonConverter(typeof(LooseIdConverter))]
    public string? Id { get; set; }

    [JsonPropertyName("file_name")]
    public string? FileName { get; set; }

    [JsonPropertyName("width")]
    public double? Width { get; set; }

    [JsonPropertyName("height")]
    public double? Height { get; set; }
}

internal sealed class CocoCategory
{
    [JsonPropertyName("id"), JsonConverter(typeof(LooseIdConverter))]
    public string? Id { get; set; }

    [JsonPropertyName("name")]
    public string? Name { get; set; }
}

internal sealed class CocoAnnotation
{
    [JsonPropertyName("id"), JsonConverter(typeof(LooseIdConverter))]
    public string? Id { get; set; }

    [JsonPropertyName("image_id"), JsonConverter(typeof(LooseIdConverter))]
    public string? ImageId { get; set; }

    [JsonPropertyName("category_id"), JsonConverter(typeof(LooseIdConverter))]
    public string? CategoryId { get; set; }

    /// <summary>x y width height.</summary>
    [JsonPropertyName("bbox")]
    public double[]? Box { get; set; }

    [JsonPropertyName("area")]
    public double? Area { get; set; }

    [JsonPropertyName("iscrowd"), JsonConverter(typeof(LooseFlagConverter))]
    public bool IsCrowd { get; set; }
}
