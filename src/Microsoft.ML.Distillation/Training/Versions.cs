using System.Reflection;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What a result was made with.</summary>
internal static class Versions
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["Microsoft.ML.Distillation"] = Of(typeof(Versions)),
        ["Microsoft.ML"] = Of(typeof(MLContext)),
        ["TorchSharp"] = Of(typeof(TorchSharp.torch)),
        ["OnnxRuntime"] = Of(typeof(OnnxRuntime.InferenceSession)),
        [".NET"] = Environment.Version.ToString(),
    };

    private static string Of(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? $"{type.Assembly.GetName().Version}";
}
