using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>A network as a user may have one: a convolution, BatchNorm, an activation, pooling and a classifier, with weights that are a function of the seed.</summary>
internal static class TinyNetwork
{
    public const int Channels = 4;

    public static Sequential Create(int classes, int seed)
    {
        var network = nn.Sequential(
            ("conv", nn.Conv2d(3, Channels, 3, padding: 1)), ("norm", nn.BatchNorm2d(Channels)), ("act", nn.ReLU()), ("pool", nn.AdaptiveAvgPool2d(1)), ("flat", nn.Flatten()),
            ("fc", nn.Linear(Channels, classes)));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var salt = 100 * seed;
        foreach (var (_, values) in network.named_parameters())
            values.copy_(tensor(Numbers.Gaussian((int)values.numel(), ++salt)).reshape(values.shape));
        return network;
    }

    /// <summary>A network that knows the drawn classes without training, as <see cref="ImageClassification.ColourTeacher"/> does.</summary>
    public static Sequential OfColours()
    {
        const float Gain = 24;
        var network = nn.Sequential(("pool", nn.AdaptiveAvgPool2d(1)), ("flat", nn.Flatten()), ("fc", nn.Linear(3, 3)));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        network.get_parameter("fc.weight").copy_((eye(3) * 1.5f - .5f) * Gain);
        network.get_parameter("fc.bias").zero_();
        return network;
    }
}
