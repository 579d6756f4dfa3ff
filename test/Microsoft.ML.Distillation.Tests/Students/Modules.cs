using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

/// <summary>Students with weights and statistics that look trained, and how to run them.</summary>
internal static class Modules
{
    public static string[] Classes(int count) => [.. Enumerable.Range(0, count).Select(i => $"class {i}")];

    /// <summary>A network whose BatchNorm layers are away from their starting values, so that a forgotten one shows.</summary>
    public static ClassifierModule Worn(ImageClassifier architecture, int classes, long seed = 1) => Wear(architecture.CreateModule(Classes(classes), seed));

    /// <summary>Moves all vectors of a module away from where they are, and puts it into evaluation mode.</summary>
    public static T Wear<T>(T module) where T : nn.Module
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var salt = 0;
        foreach (var (name, values) in All(module))
        {
            if (values.dim() != 1)
                continue;
            var noise = tensor(Numbers.Gaussian((int)values.numel(), ++salt)) * .2;
            values.copy_(name.EndsWith("running_var", StringComparison.Ordinal) ? noise.exp() : values + noise);
        }
        module.eval();
        return module;
    }

    /// <summary>Parameters and buffers by name.</summary>
    public static IEnumerable<(string Name, Tensor Values)> All(nn.Module module) =>
        module.named_parameters().Select(p => (p.Item1, (Tensor)p.Item2)).Concat(module.named_buffers());

    public static Dictionary<string, float[]> Weights(nn.Module module) => All(module).ToDictionary(w => w.Name, w => Numbers.Floats(w.Values));

    public static float[] Pixels(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(256))];
    }

    public static OnnxTensor RunOnnx(byte[] model, float[] input, long[] shape, string output)
    {
        using var runner = new OnnxRunner(model, "student.onnx", threads: 1);
        return Assert.Single(runner.Run(input, shape, [output]));
    }
}
