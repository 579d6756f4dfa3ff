using System.Text.Json;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Reads a JSON file of annotations into records; what they have no place for is passed over without being kept.</summary>
internal static class JsonAnnotations
{
    private static readonly JsonSerializerOptions Options = new() { MaxDepth = 64 };

    /// <param name="format">Whose format it is, for the error.</param>
    /// <exception cref="InvalidDataException">The file is no JSON, or a value is of the wrong kind.</exception>
    public static T Read<T>(string file, string format)
    {
        var bytes = AnnotationFile.Bytes(file, Array.MaxLength).AsSpan();
        try
        {
            return JsonSerializer.Deserialize<T>(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes, Options)
                ?? throw new InvalidDataException($"'{file}' is null; an object as {format} has it is needed.");
        }
        catch (JsonException error)
        {
            var reason = error.Message.Split(" Path: ", 2)[0];
            throw new InvalidDataException($"'{file}', line {error.LineNumber + 1}: {AnnotationFile.Shown(error.Path ?? "$")} can't be read as {format} has it: {reason}", error);
        }
    }
}
