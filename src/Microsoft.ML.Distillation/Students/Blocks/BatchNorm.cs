using Microsoft.ML.Distillation.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>Batch normalisation over N, H and W, kept apart from the convolution in ONNX too, so that a file can be read back exactly.</summary>
internal sealed class BatchNorm : Block
{
    private readonly double _epsilon;
    private readonly double _momentum;
    private bool _handedOver;

    /// <param name="channels">Channels of the map.</param>
    /// <param name="epsilon">What is added to the variance; some published networks have 1e-3.</param>
    /// <param name="momentum">Share of a batch's own statistics in the running ones.</param>
    public BatchNorm(int channels, double epsilon = 1e-5, double momentum = .1) : base(nameof(BatchNorm))
    {
        (_epsilon, _momentum) = (epsilon, momentum);
        register_parameter("weight", new Parameter(ones(channels)));
        register_parameter("bias", new Parameter(zeros(channels)));
        register_buffer("running_mean", zeros(channels));
        register_buffer("running_var", ones(channels));
    }

    /// <summary>What it does to each channel when it doesn't learn, x·factor + shift, in float64; whoever asks does that from now on, and the norm gives on what it is given.</summary>
    public (Tensor Factor, Tensor Shift) HandOver()
    {
        _handedOver = true;
        var factor = get_parameter("weight") / (get_buffer("running_var").to(ScalarType.Float64) + _epsilon).sqrt();
        return (factor, get_parameter("bias") - get_buffer("running_mean") * factor);
    }

    public override Tensor forward(Tensor input)
    {
        if (_handedOver)
            return input;
        // libtorch divides by the number of values less one, and the statistics would be NaN from then on.
        if (training && input.numel() == input.shape[1])
        {
            throw new InvalidOperationException("BatchNorm can't learn from one value a channel: the batch is a single image and its feature map 1×1. "
                + "Use batches of two or more images, or larger images.");
        }
        return nn.functional.batch_norm(
            input, get_buffer("running_mean"), get_buffer("running_var"), get_parameter("weight"), get_parameter("bias"), training, _momentum, _epsilon);
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) => graph.BatchNormalization(
        input,
        graph.AddInitializer($"{path}.weight", get_parameter("weight")),
        graph.AddInitializer($"{path}.bias", get_parameter("bias")),
        graph.AddInitializer($"{path}.running_mean", get_buffer("running_mean")),
        graph.AddInitializer($"{path}.running_var", get_buffer("running_var")),
        epsilon: (float)_epsilon, momentum: (float)(1 - _momentum), name: path);
}
