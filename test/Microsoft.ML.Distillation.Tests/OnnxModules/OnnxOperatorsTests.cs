using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using Microsoft.ML.Distillation.Tests.Documents;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Forms of known operators that can't be executed are refused, with what it is about them.</summary>
public class OnnxOperatorsTests
{
    private static readonly Dictionary<string, Func<OnnxGraphBuilder, string, string>> _cases = new()
    {
        ["Resize with coordinates tf_crop_and_resize"] = (g, x) => Resized(g, x, String("coordinate_transformation_mode", "tf_crop_and_resize")),
        ["Resize with exclude_outside"] = (g, x) => Resized(g, x, String("mode", "cubic"), Int("exclude_outside", 1)),
        ["Conv with 1 axes"] = (g, x) => g.AddNode("Conv", [x, g.AddInitializer("w", new float[12], 2, 3, 2)]),
        ["ConvTranspose with auto_pad SAME"] = (g, x) => g.AddNode("ConvTranspose", [x, g.AddInitializer("w", new float[12], 3, 1, 2, 2)], null, String("auto_pad", "SAME")),
        ["MaxPool with more than its first output"] = (g, x) => g.Cast(g.AddNode("MaxPool", [x], 2, null, Ints("kernel_shape", [2, 2]))[1], OnnxElementType.Float),
        ["AveragePool with dilations"] = (g, x) => g.AddNode("AveragePool", [x], null, Ints("kernel_shape", [2, 2]), Ints("dilations", [2, 2])),
        ["GatherND with batch_dims"] = (g, x) => g.AddNode("GatherND", [x, g.AddInitializer("i", new long[] { 0 }, 1, 1)], null, Int("batch_dims", 1)),
        ["ScatterND with reduction add"] = (g, x) => g.AddNode("ScatterND", [x, g.AddInitializer("i", new long[] { 0 }, 1, 1), x], null, String("reduction", "add")),
        ["ArgMax with the last of several that are equal"] = (g, x) => g.Cast(g.AddNode("ArgMax", [x], null, Int("select_last_index", 1)), OnnxElementType.Float),
        ["Cast with the type UInt8"] = (g, x) => g.Cast(g.Cast(x, OnnxElementType.UInt8), OnnxElementType.Float),
        ["GridSample with mode bicubic"] = (g, x) => g.AddNode("GridSample", [x, g.AddInitializer("grid", new float[2], 1, 1, 1, 2)], null, String("mode", "bicubic")),
        ["Concat with constants of the type UInt8"] = (g, x) => g.Cast(g.Concat([g.Cast(x, OnnxElementType.UInt8), g.AddInitializer(OnnxTensors.Create("bytes", OnnxElementType.UInt8, [1], [1, 1, 1, 1]))], 0), OnnxElementType.Float),
    };

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void AFormThatIsNotKnownIsRefused(string name)
    {
        var graph = new OnnxGraphBuilder("one");
        graph.AddOutput("y", _cases[name](graph, graph.AddInput("x", OnnxElementType.Float, "N", 3, 8, 8)), OnnxElementType.Float);

        var error = Assert.Throws<NotSupportedException>(() => new OnnxModule(OnnxModelFile.FromBytes(graph.ToBytes(), "one"), "x", ["y"], trains: false));

        Assert.Contains($"({name})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDocumentListsThemAll()
    {
        var list = DocumentFiles.Read("docs/teachers.md").Split("The operators: ")[1].Split(". Opsets")[0];

        Assert.Equal(OnnxOperators.Types.Order(StringComparer.Ordinal), list.Split(", ").Select(name => name.Trim('`')));
    }

    private static string Resized(OnnxGraphBuilder graph, string x, params AttributeProto?[] attributes) =>
        graph.AddNode("Resize", [x, graph.AddInitializer("roi", new float[8], 8), graph.AddConstant("scales", 1, 1, 2, 2)], null, attributes);
}
