using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Of a file that VoTT exported what is read.</summary>
internal sealed class VottFile
{
    [JsonPropertyName("assets"), JsonConverter(typeof(VottAssetsConverter))]
    public List<VottEntry?>? Assets { get; set; }

    /// <summary>In a file of one asset, as VoTT keeps them beside its export.</summary>
    [JsonPropertyName("asset")]
    public VottAsset? Asset { get; set; }

    [JsonPropertyName("regions")]
    public List<VottRegion?>? Regions { get; set; }

    /// <summary>VoTT 1 has these in place of assets.</summary>
    [JsonPropertyName("frames"), JsonConverter(typeof(PresenceConverter))]
    public bool HasFrames { get; set; }

    /// <summary>A project has it, an export has not.</summary>
    [JsonPropertyName("sourceConnection"), JsonConverter(typeof(PresenceConverter))]
    public bool HasSourceConnection { get; set; }
}

internal sealed class VottEntry
{
    [JsonPropertyName("asset")]
    public VottAsset? Asset { get; set; }

    [JsonPropertyName("regions")]
    public List<VottRegion?>? Regions { get; set; }
}

internal sealed class VottAsset
{
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    [JsonPropertyName("size")]
    public VottSize? Size { get; set; }
}

internal sealed class VottSize
{
    [JsonPropertyName("width")]
    public double? Width { get; set; }

    [JsonPropertyName("height")]
    public double? Height { get; set; }
}

internal sealed class VottRegion
{
    [JsonPropertyName("tags")]
    public List<string?>? Tags { get; set; }

    [JsonPropertyName("boundingBox")]
    public VottBox? BoundingBox { get; set; }
}

internal sealed class VottBox
{
    [JsonPropertyName("left")]
    public double? Left { get; set; }

    [JsonPropertyName("top")]
    public double? Top { get; set; }

    [JsonPropertyName("width")]
    public double? Width { get; set; }

    [JsonPropertyName("height")]
    public double? Height { get; set; }
}

/// <summary>Assets by id, as VoTT writes them, or a plain list of them.</summary>
internal sealed class VottAssetsConverter : JsonConverter<List<VottEntry?>>
{
    public override List<VottEntry?>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            throw new JsonException("Assets must be an object or a list.");
        var entries = new List<VottEntry?>();
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                entries.Add(JsonSerializer.Deserialize<VottEntry>(ref reader, options));
        }
        return entries;
    }

    public override void Write(Utf8JsonWriter writer, List<VottEntry?> value, JsonSerializerOptions options) => throw new NotSupportedException();
}
