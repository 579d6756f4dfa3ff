using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>A small network that PyTorch's exporter wrote, and what PyTorch computes inside it (test/goldens/make_inner_onnx.py).</summary>
internal sealed class InnerGolden
{
    public static InnerGolden Values { get; } = Golden.Read<InnerGolden>("onnx/inner.json");

    public required long[] Shape { get; init; }

    public required float[] Image { get; init; }

    public required float[] Logits { get; init; }

    /// <summary>The last map of each size, and the embedding.</summary>
    public required InnerValue[] Inner { get; init; }

    /// <summary>The pixels that, divided by 255, are the image.</summary>
    public float[] Pixels => [.. Image.Select(v => v * 255)];

    /// <param name="opset">9, 13 or 17 as exported; 21 is 17 with another number, whose operators in this graph are the same.</param>
    /// <param name="batch">The only batch size it takes; null for any.</param>
    public static byte[] Model(int opset = 17, int? batch = null)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "goldens", "onnx", $"inner_{Math.Min(opset, 17)}.onnx");
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        if (opset > 17)
            (model.OpsetImport[0].Version, model.IrVersion) = (opset, 10);
        if (batch is { } size)
            model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = size };
        return model.ToByteArray();
    }
}

internal sealed class InnerValue
{
    public required long[] Shape { get; init; }

    public required float[] Values { get; init; }
}
