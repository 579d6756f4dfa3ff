using Microsoft.ML.Distillation.Common;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>The length of all gradients as one vector, and its bound. Nothing here waits for the device.</summary>
internal static class GradientNorm
{
    // PyTorch's, so that a gradient of length 0 is not divided by it.
    private const double Epsilon = 1e-6;

    /// <returns>√Σ g², a scalar on the parameters' device; 0 without any gradient.</returns>
    public static Tensor Of(IEnumerable<Parameter> parameters) => Of(Gradients(parameters));

    /// <summary>Scales all gradients by <c>min(1, maximum/(norm + 1e-6))</c>, as <c>torch.nn.utils.clip_grad_norm_</c> does.</summary>
    /// <returns>The norm before.</returns>
    public static Tensor Clip(IEnumerable<Parameter> parameters, double maximum)
    {
        using var noGrad = no_grad();
        var gradients = Gradients(parameters);
        var norm = Of(gradients);
        var scale = (maximum / (norm + Epsilon)).clamp(max: (Scalar)1);
        foreach (var gradient in gradients)
            gradient.mul_(scale);
        return norm;
    }

    // One kernel for all of them: a model has a hundred gradients, most of them small.
    private static Tensor Of(List<Tensor> gradients) => gradients.Count == 0 ? tensor(0f) : cat([.. gradients.Select(g => g.InMemoryOrder())]).norm();

    private static List<Tensor> Gradients(IEnumerable<Parameter> parameters) => [.. parameters.Select(p => p.grad).OfType<Tensor>()];
}
