using System.Text.Json;

namespace Microsoft.ML.Distillation.Tests;

/// <summary>Values computed by PyTorch, committed under test/goldens beside the scripts that made them.</summary>
internal static class Golden
{
    public static T Read<T>(string name) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", name)), JsonSerializerOptions.Web)!;
}
