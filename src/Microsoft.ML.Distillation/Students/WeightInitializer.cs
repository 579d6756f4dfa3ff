using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// Initial weights as a function of the seed and a parameter's place alone, so that a seed gives the same network on every device:
/// convolutions He-normal by fan-out (of one group, where there are several: a depthwise 3×3 has 9), linear layers uniform in ±1/√inputs (PyTorch's default), BatchNorm left at 1 and 0, biases of convolutions at 0.
/// </summary>
internal static class WeightInitializer
{
    /// <param name="convolutions">The scale of a convolution's weight, by its name and shape, where it is another: a normal deviation or a uniform bound.</param>
    public static void Initialize(
        nn.Module module, long seed, RandomPurpose purpose = RandomPurpose.InitialWeights, Func<string, long[], (bool Normal, double Scale)?>? convolutions = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var inputsOfLinear = 0L;
        var index = 0;
        var groups = module.named_modules().Prepend(("", module)).Where(m => m.Item2 is Conv).ToDictionary(m => $"{m.Item1}.weight".TrimStart('.'), m => ((Conv)m.Item2).Groups);
        foreach (var (name, parameter) in module.named_parameters())
        {
            var random = new CounterRandom(seed, purpose, index++);
            var shape = parameter.shape;
            if (shape.Length == 4)
            {
                var he = Math.Sqrt(2.0 * groups.GetValueOrDefault(name, 1) / (shape[0] * shape[2] * shape[3]));
                var (normal, scale) = convolutions?.Invoke(name, shape) ?? (true, he);
                Fill(parameter, random, normal, scale);
            }
            else if (shape.Length == 2)
                Fill(parameter, random, normal: false, 1 / Math.Sqrt(shape[1]));
            else if (inputsOfLinear > 0) // the bias that follows a linear layer's weight
                Fill(parameter, random, normal: false, 1 / Math.Sqrt(inputsOfLinear));
            inputsOfLinear = shape.Length == 2 ? shape[1] : 0;
        }
    }

    private static void Fill(Tensor parameter, CounterRandom random, bool normal, double scale)
    {
        var values = new float[parameter.numel()];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(scale * (normal ? random.NextGaussian() : 2 * random.NextDouble() - 1));
        parameter.copy_(tensor(values, parameter.shape));
    }
}
