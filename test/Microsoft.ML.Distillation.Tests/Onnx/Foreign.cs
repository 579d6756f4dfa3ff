using System.Text.Json;

namespace Microsoft.ML.Distillation.Tests.Onnx;

/// <summary>A model that PyTorch's exporter wrote, and what PyTorch computes with it (test/goldens/make_foreign_onnx.py).</summary>
internal sealed class Foreign
{
    public static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "goldens", "onnx", "foreign.onnx");

    public static Foreign Golden { get; } =
        JsonSerializer.Deserialize<Foreign>(File.ReadAllText(System.IO.Path.ChangeExtension(Path, ".json")), JsonSerializerOptions.Web)!;

    public required long[] Shape { get; init; }

    public required float[] Image { get; init; }

    public required float[] Logits { get; init; }

    public required long[] Label { get; init; }

    public required float[] ConvWeight { get; init; }

    public required float[] HeadBias { get; init; }
}
