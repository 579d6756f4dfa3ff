using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Activations, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxActivationsTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["Relu"] = (g, x) => g.Relu(x),
        ["Sigmoid"] = (g, x) => g.Sigmoid(x),
        ["Tanh"] = (g, x) => g.AddNode("Tanh", [x]),
        ["HardSwish"] = (g, x) => g.HardSwish(x),
        ["Softplus"] = (g, x) => g.AddNode("Softplus", [x]),
        ["HardSigmoid of PyTorch"] = (g, x) => g.HardSigmoid(x),
        ["HardSigmoid of ONNX"] = (g, x) => g.AddNode("HardSigmoid", [x]),
        ["LeakyRelu"] = (g, x) => g.AddNode("LeakyRelu", [x], null, Float("alpha", .2f)),
        ["Clip"] = (g, x) => g.Clip(x, 0, 1),
        ["Clip above"] = (g, x) => g.Clip(x, null, .5f),
        ["Clip below"] = (g, x) => g.Clip(x, -.5f, null),
        ["Softmax"] = (g, x) => g.Softmax(x, 1),
        ["LogSoftmax"] = (g, x) => g.AddNode("LogSoftmax", [x], null, Int("axis", -1)),
        ["PRelu"] = (g, x) => g.AddNode("PRelu", [x, g.AddInitializer("slope", Numbers.Gaussian(Channels, 7), Channels, 1, 1)]),
        ["PRelu of one slope"] = (g, x) => g.AddNode("PRelu", [x, g.AddInitializer("slope", [.3f], 1)]),
        ["Elu"] = (g, x) => g.AddNode("Elu", [x], null, Float("alpha", .5f)),
        ["Selu"] = (g, x) => g.AddNode("Selu", [x]),
        ["Softsign"] = (g, x) => g.AddNode("Softsign", [x]),
        ["Mish", 18] = (g, x) => g.AddNode("Mish", [x]),
        ["Gelu", 20] = (g, x) => g.AddNode("Gelu", [x]),
        ["Gelu by tanh", 20] = (g, x) => g.AddNode("Gelu", [x], null, String("approximate", "tanh")),
        ["Clip to a computed limit"] = (g, x) => g.AddNode("Clip", [x, null, g.AddNode("ReduceMean", [x], null, Int("keepdims", 0))]),
        ["Clip of integers"] = (g, x) => g.Cast(g.AddNode("Clip", [g.Cast(x, OnnxElementType.Int64), g.AddInitializer("one", new long[] { 0 })]), OnnxElementType.Float),
        ["Softmax of all from an axis on", 11] = (g, x) => g.Softmax(x, 2),
    };

    public static TheoryData<string> Names => _cases.Names;

    /// <summary>All but those that jump, where a rounded number may land on the other side.</summary>
    public static TheoryData<string> Steady => _cases.Without("Clip of integers");

    /// <summary>All but those with an operator that libtorch 1.13 lacks for tensors without numbers.</summary>
    public static TheoryData<string> Numberless => _cases.Without("Elu", "PRelu of one slope", "Selu", "PRelu", "Softsign", "Relu", "HardSwish");

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
    [InlineData("PRelu")]
    [InlineData("Elu")]
    [InlineData("Selu")]
    [InlineData("Softsign")]
    [InlineData("Mish")]
    [InlineData("Gelu by tanh")]
    [InlineData("Clip to a computed limit")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);
}
