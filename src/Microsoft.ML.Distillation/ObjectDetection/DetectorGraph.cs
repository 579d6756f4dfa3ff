using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>What a saved pipeline needs of a detector's graph beyond what it finds.</summary>
internal static class DetectorGraph
{
    /// <summary>Width and height of the graph's input, as <see cref="LetterboxedBoxes.Input"/> has it: the mapping that puts boxes back has no memory of its own.</summary>
    public const string InputSizeColumn = "distillation.input";

    /// <summary>The same graph, with the size of its input among its outputs: 1×2, for however many images.</summary>
    public static byte[] WithInputSize(byte[] graph, ImageSize size)
    {
        const string Constant = InputSizeColumn + ".constant";
        var model = OnnxModelFile.FromBytes(graph, "the detector's graph").Model;
        model.Graph.Initializer.Add(OnnxTensors.Create(Constant, [size.Width, (long)size.Height], [1, 2]));
        model.Graph.Node.Add(new NodeProto { Name = InputSizeColumn, OpType = "Identity", Input = { Constant }, Output = { InputSizeColumn } });
        model.Graph.Output.Add(new OnnxValue(InputSizeColumn, OnnxElementType.Int64, [1, 2]).ToProto());
        return model.ToByteArray();
    }

    /// <summary>The same graph, in floats or smaller numbers, with the threshold that mean average precision is measured with in place of its own.</summary>
    public static byte[] ToMeasure(byte[] graph)
    {
        var model = OnnxModelFile.FromBytes(graph, "the detector's graph").Model;
        foreach (var suppression in model.Graph.Node.Where(node => node.OpType == "NonMaxSuppression"))
        {
            var name = $"{suppression.Input[4]}.other";
            model.Graph.Initializer.Add(OnnxTensors.Create(name, [HeldOutScenes.ScoreThreshold], [1]));
            suppression.Input[4] = name;
        }
        return model.ToByteArray();
    }
}
