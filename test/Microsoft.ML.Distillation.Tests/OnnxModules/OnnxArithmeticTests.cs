using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Sums, comparisons, conditions and types, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxArithmeticTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["Identity"] = (g, x) => g.AddNode("Identity", [x]),
        ["Dropout"] = (g, x) => g.AddNode("Dropout", [x]),
        ["Cast"] = (g, x) => g.Cast(g.Cast(x, OnnxElementType.Int64), OnnxElementType.Float),
        ["Exp"] = (g, x) => g.AddNode("Exp", [x]),
        ["Log"] = (g, x) => g.AddNode("Log", [g.AddNode("Exp", [x])]),
        ["Sqrt"] = (g, x) => g.AddNode("Sqrt", [g.AddNode("Abs", [x])]),
        ["Erf"] = (g, x) => g.AddNode("Erf", [x]),
        ["Neg"] = (g, x) => g.AddNode("Neg", [x]),
        ["Add of a row"] = (g, x) => g.Add(x, g.AddInitializer("c", Numbers.Gaussian(Width, 7), Width)),
        ["Sub"] = (g, x) => g.Sub(g.AddScalar("c", 2), x),
        ["Mul of channels"] = (g, x) => g.Mul(x, g.AddInitializer("c", Numbers.Gaussian(Channels, 7), 1, Channels, 1, 1)),
        ["Div"] = (g, x) => g.Div(x, g.AddScalar("c", 3)),
        ["Pow"] = (g, x) => g.AddNode("Pow", [x, g.AddScalar("c", 2)]),
        ["Sum"] = (g, x) => g.AddNode("Sum", [x, x, g.Relu(x)]),
        ["Max"] = (g, x) => g.AddNode("Max", [x, g.AddScalar("c", 0)]),
        ["Min"] = (g, x) => g.AddNode("Min", [x, g.AddScalar("c", .3f)]),
        ["Cast of double precision"] = (g, x) => g.Cast(g.Add(g.Cast(x, OnnxElementType.Double), g.Cast(g.AddScalar("c", 2), OnnxElementType.Double)), OnnxElementType.Float),
        ["Cast to truth"] = (g, x) => g.Cast(g.Cast(g.Relu(x), OnnxElementType.Bool), OnnxElementType.Float),
        ["Cast to int32"] = (g, x) => g.Cast(g.Cast(g.Mul(x, g.AddScalar("c", 5)), OnnxElementType.Int32), OnnxElementType.Float),
        ["Reciprocal"] = (g, x) => g.AddNode("Reciprocal", [g.Add(g.Mul(x, x), g.AddScalar("c", 1))]),
        ["Sin"] = (g, x) => g.AddNode("Sin", [x]),
        ["Cos"] = (g, x) => g.AddNode("Cos", [x]),
        ["Abs"] = (g, x) => g.AddNode("Abs", [x]),
        ["Sign"] = (g, x) => g.AddNode("Sign", [x]),
        ["Floor"] = (g, x) => g.AddNode("Floor", [x]),
        ["Ceil"] = (g, x) => g.AddNode("Ceil", [x]),
        ["Round of halves"] = (g, x) => g.AddNode("Round", [g.Mul(g.AddNode("Floor", [g.Mul(x, g.AddScalar("four", 4))]), g.AddScalar("half", .5f))]),
        ["IsNaN"] = (g, x) => Float(g, g.AddNode("IsNaN", [g.AddNode("Log", [x])])),
        ["Not"] = (g, x) => Float(g, g.AddNode("Not", [Above(g, x, 0)])),
        ["Mean"] = (g, x) => g.AddNode("Mean", [x, g.Relu(x), x]),
        ["Div of integers"] = (g, x) => Float(g, g.Div(Whole(g, x), g.AddConstant("d", 3L))),
        ["Mod of integers"] = (g, x) => Float(g, g.AddNode("Mod", [Whole(g, x), g.AddConstant("d", -3L)])),
        ["Mod of floats"] = (g, x) => g.AddNode("Mod", [x, g.AddScalar("d", .7f)], null, Int("fmod", 1)),
        ["Equal"] = (g, x) => Float(g, g.AddNode("Equal", [Whole(g, x), g.AddConstant("d", 3L)])),
        ["Greater"] = (g, x) => Float(g, Above(g, x, .5f)),
        ["GreaterOrEqual"] = (g, x) => Float(g, g.AddNode("GreaterOrEqual", [x, g.Relu(x)])),
        ["Less"] = (g, x) => Float(g, g.AddNode("Less", [x, g.AddScalar("c", .5f)])),
        ["LessOrEqual"] = (g, x) => Float(g, g.AddNode("LessOrEqual", [g.Relu(x), x])),
        ["And"] = (g, x) => Float(g, g.AddNode("And", [Above(g, x, -.5f), g.AddNode("Not", [Above(g, x, .5f)])])),
        ["Or"] = (g, x) => Float(g, g.AddNode("Or", [Above(g, x, 1), g.AddNode("Not", [Above(g, x, 0)])])),
        ["Xor"] = (g, x) => Float(g, g.AddNode("Xor", [Above(g, x, 1), Above(g, x, 0)])),
        ["Where"] = (g, x) => g.AddNode("Where", [Above(g, x, 0), x, g.AddNode("Exp", [x])]),
        ["Where broadcast"] = (g, x) => g.AddNode("Where", [Above(g, g.GlobalAveragePool(x), 0), g.AddInitializer("row", Numbers.Gaussian(Width, 7), Width), x]),
        ["Where of a constant condition"] = (g, x) => g.AddNode("Where", [g.AddInitializer(OnnxTensors.Create("mask", OnnxElementType.Bool, [1, 0, 0, 1, 1, 0, 1, 0], [Width])), x, g.AddScalar("c", -2)]),
    };

    public static TheoryData<string> Names => _cases.Names;

    /// <summary>All but those that jump, where a rounded number may land on the other side.</summary>
    public static TheoryData<string> Steady => _cases.Without("Cast", "Cast to truth", "Cast to int32", "Sign", "Floor", "Ceil", "Round of halves", "IsNaN", "Not", "Div of integers", "Mod of integers", "Mod of floats", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor", "Where broadcast");

    /// <summary>All but those with an operator that libtorch 1.13 lacks for tensors without numbers.</summary>
    public static TheoryData<string> Numberless => _cases.Without("Or", "Abs", "IsNaN", "Sqrt", "Mean", "And", "LessOrEqual", "Xor", "Not", "GreaterOrEqual", "Where", "Cast to truth", "Sum", "Where broadcast", "Where of a constant condition");

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatOnnxRuntimeComputes(string name) => _cases.Agree(name);

    [Theory]
    [MemberData(nameof(Numberless))]
    public void OnADeviceNothingIsReadBack(string name) => _cases.StaysOnItsDevice(name);

    [Theory]
    [MemberData(nameof(Steady))]
    public void InBFloat16ItIsNear(string name) => _cases.IsNearInBFloat16(name);

    [Theory]
    [InlineData("Where")]
    [InlineData("Where broadcast")]
    [InlineData("Mean")]
    [InlineData("Mod of floats")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);

    private static string Float(OnnxGraphBuilder graph, string x) => graph.Cast(x, OnnxElementType.Float);

    private static string Whole(OnnxGraphBuilder graph, string x) => graph.Cast(graph.Mul(x, graph.AddScalar("ten", 10)), OnnxElementType.Int64);

    private static string Above(OnnxGraphBuilder graph, string x, float least) => graph.AddNode("Greater", [x, graph.AddScalar("least", least)]);
}
