using Google.Protobuf;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Students;

/// <summary>What an exported student is told about itself.</summary>
/// <param name="Architecture">Name of the architecture, as <see cref="ImageClassifier.Parse"/> reads it.</param>
/// <param name="ClassNames">Classes in the order of the logits.</param>
/// <param name="StoredSize">Size of the images the graph takes.</param>
/// <param name="StudentSize">Size the network itself works at.</param>
/// <param name="Resizing">How images are brought to the stored size, for whoever prepares them.</param>
internal sealed record StudentDescription(
    string Architecture, IReadOnlyList<string> ClassNames, ImageSize StoredSize, ImageSize StudentSize, ImageNormalization Normalization, string Resizing);

/// <summary>An exported student, and the names of what its network takes and gives.</summary>
/// <param name="Pixels">Normalised pixels, as the network takes them.</param>
internal sealed record TracedStudent(ModelProto Model, string Pixels, OnnxNetwork Network);

/// <summary>Writes a trained student as ONNX: scaling and normalisation inside, initialisers named as in <c>state_dict</c>.</summary>
internal static class StudentExporter
{
    /// <summary>Initialisers that scale and normalise pixels, ahead of the network, have names that start so.</summary>
    public const string InputPrefix = "input/";

    /// <summary>The file a user keeps: input <c>image</c> N×3×H×W, RGB 0…255; outputs <c>logits</c> and <c>probabilities</c>, N×C; any N.</summary>
    public static byte[] Standalone(ClassifierModule module, StudentDescription description) => Traced(module, description).Model.ToByteArray();

    /// <summary>The same, and where in it the network is.</summary>
    public static TracedStudent Traced(ClassifierModule module, StudentDescription description)
    {
        var graph = new OnnxGraphBuilder("student");
        var pixels = WriteInput(graph, AddImage(graph, description), description);
        var network = module.WriteOnnx(graph, pixels);
        AddOutputs(graph, network.Logits, module.ClassCount);
        return new TracedStudent(graph.Build(), pixels, network);
    }

    /// <summary>A file like <see cref="Standalone"/>'s that ends at an early exit: the student up to that stage and no further, then the exit's own layers.</summary>
    public static byte[] Exit(ClassifierModule module, StudentDescription description, EarlyExit exit)
    {
        var graph = new OnnxGraphBuilder("student");
        var network = WriteNetwork(graph, AddImage(graph, description), module, description);
        AddOutputs(graph, exit.Head.WriteOnnx(graph, network.Features[exit.Stage], "exit"), module.ClassCount);
        StudentFile.DescribeExit(graph, exit.StageName);
        return graph.Build().RemoveUnused().ToByteArray();
    }

    /// <summary>The graph inside a saved ML.NET model: one image, logits divided by <paramref name="logitScale"/>, names that no user's column has.</summary>
    public static byte[] ForPipeline(ClassifierModule module, StudentDescription description, string input, string output, float logitScale)
    {
        var graph = new OnnxGraphBuilder("student");
        var image = graph.AddInput(input, OnnxElementType.Float, 1, 3, description.StoredSize.Height, description.StoredSize.Width);
        var logits = WriteNetwork(graph, image, module, description).Logits;
        graph.AddOutput(output, graph.Div(logits, graph.AddConstant("logit_scale", logitScale), name: "scaled"), OnnxElementType.Float, 1, module.ClassCount);
        return graph.ToBytes();
    }

    /// <summary>The input of a file a user keeps: <c>image</c>, N×3×H×W, RGB 0…255.</summary>
    public static string AddImage(OnnxGraphBuilder graph, StudentDescription description) =>
        graph.AddInput("image", OnnxElementType.Float, "N", 3, description.StoredSize.Height, description.StoredSize.Width);

    private static void AddOutputs(OnnxGraphBuilder graph, string logits, int classes)
    {
        graph.AddOutput("logits", logits, OnnxElementType.Float, "N", classes);
        graph.AddOutput("probabilities", graph.Softmax(logits, axis: 1, name: "softmax"), OnnxElementType.Float, "N", classes);
    }

    private static OnnxNetwork WriteNetwork(OnnxGraphBuilder graph, string image, ClassifierModule module, StudentDescription description)
    {
        var pixels = WriteInput(graph, image, description);
        return module.WriteOnnx(graph, pixels);
    }

    /// <summary>Scales and normalises pixels 0…255 as the network takes them, and writes into the file what the student is.</summary>
    public static string WriteInput(OnnxGraphBuilder graph, string image, StudentDescription description)
    {
        var (from, to) = (description.StoredSize, description.StudentSize);
        StudentFile.Describe(graph, description);
        using var scope = graph.EnterScope("input");
        if (from != to)
        {
            var rows = graph.AddInitializer(InputPrefix + "rows", Resampling.Weights(from.Height, to.Height), to.Height, from.Height);
            var columns = graph.AddInitializer(InputPrefix + "columns", Resampling.Weights(from.Width, to.Width), to.Width, from.Width);
            image = graph.MatMul(graph.MatMul(rows, image), graph.Transpose(columns, [1, 0]), name: "resized");
        }
        image = graph.Sub(image, Channels(graph, InputPrefix + "mean", description.Normalization.Mean), name: "centred");
        return graph.Div(image, Channels(graph, InputPrefix + "deviation", description.Normalization.Deviation), name: "normalised");
    }

    private static string Channels(OnnxGraphBuilder graph, string name, IReadOnlyList<float> values) =>
        graph.AddInitializer(name, values.Select(v => v * 255).ToArray(), 1, 3, 1, 1);
}
