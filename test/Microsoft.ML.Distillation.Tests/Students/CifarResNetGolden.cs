using Microsoft.ML.Distillation.Students;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

/// <summary>A case of test/goldens/make_cifar_resnet.py.</summary>
internal sealed class CifarResNetGolden
{
    public static CifarResNetGolden[] All { get; } = Golden.Read<CifarResNetGolden[]>("students/cifar_resnet.json");

    public required int Depth { get; init; }

    public required int[] Widths { get; init; }

    public required int Classes { get; init; }

    public required long[] Shape { get; init; }

    public required Weight[] State { get; init; }

    public required float[] Image { get; init; }

    public required float[] Probe { get; init; }

    public required float[] Logits { get; init; }

    public required float[] Embedding { get; init; }

    public required double[] FeatureSums { get; init; }

    public required float[] TrainingLogits { get; init; }

    public required float[] Gradient { get; init; }

    public required float[] RunningMean { get; init; }

    public required float[] RunningVariance { get; init; }

    /// <summary>Our network with PyTorch's weights.</summary>
    public CifarResNet CreateModule()
    {
        var module = new CifarResNet(Depth, Widths, Classes);
        var targets = Modules.All(module).ToDictionary(w => w.Name, w => w.Values);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var weight in State)
            targets[weight.Name].copy_(tensor(weight.Values, weight.Shape));
        return module;
    }

    internal sealed record Weight(string Name, long[] Shape, float[] Values);
}
