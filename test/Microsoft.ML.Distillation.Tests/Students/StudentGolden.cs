using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

/// <summary>A case of test/goldens/make_students.py.</summary>
internal sealed class StudentGolden
{
    public static StudentGolden[] All { get; } = Golden.Read<StudentGolden[]>("students/architectures.json");

    public required string Name { get; init; }

    /// <summary>By the number of classes.</summary>
    public required Dictionary<int, long> Parameters { get; init; }

    public required long[] Shape { get; init; }

    public required double[] Logits { get; init; }

    /// <summary>Sum of each row.</summary>
    public required double[] Embedding { get; init; }

    public required long[][] FeatureShapes { get; init; }

    public required double[] FeatureSums { get; init; }

    public required double[] TrainingLogits { get; init; }

    /// <summary>Norm of each weight's gradient.</summary>
    public required Dictionary<string, double> Gradients { get; init; }

    /// <summary>Sum of each running statistic after a forward in training.</summary>
    public required Dictionary<string, double> Statistics { get; init; }

    public static StudentGolden Of(string name) => All.Single(g => g.Name == name);

    /// <summary>The architecture with the golden's weights.</summary>
    public static ClassifierModule CreateModule(string name, int classes = 4, ScalarType type = ScalarType.Float32)
    {
        var module = ImageClassifier.Parse(name).CreateBlank(classes);
        return Fill(module, type);
    }

    /// <summary>Gives a module the golden's weights, and puts it into evaluation mode.</summary>
    public static T Fill<T>(T module, ScalarType type) where T : nn.Module
    {
        module.to(type);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (weight, values) in Modules.All(module))
            values.copy_(tensor(Filled(weight, values.shape), values.shape));
        module.eval();
        return module;
    }

    public static double[] Image(long[] shape) => [.. Uniform("image", shape).Select(u => 4 * u)];

    /// <summary>In [-1/2, 1/2), by the name and the place alone.</summary>
    public static double[] Uniform(string name, long[] shape)
    {
        var seed = name.Aggregate(0u, (sum, letter) => unchecked(sum * 31 + letter));
        var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            var h = unchecked((uint)i * 2654435761 + seed);
            h = unchecked((h ^ (h >> 15)) * 2246822519);
            h = unchecked((h ^ (h >> 13)) * 3266489917);
            values[i] = (h ^ (h >> 16)) / 4294967296.0 - .5;
        }
        return values;
    }

    private static double[] Filled(string name, long[] shape)
    {
        var values = Uniform(name, shape);
        var isScale = name.EndsWith("bn.weight", StringComparison.Ordinal) || name.EndsWith("bn1.weight", StringComparison.Ordinal)
            || name.EndsWith("bn2.weight", StringComparison.Ordinal) || name == "head.0.weight";
        var (offset, factor) = shape.Length > 1 ? (0, Math.Sqrt(24.0 / shape.Skip(1).Aggregate(1L, (a, b) => a * b)))
            : name.EndsWith("running_var", StringComparison.Ordinal) ? (1, 1.0)
            : isScale ? (1, .6) : (0, .4);
        for (var i = 0; i < values.Length; i++)
            values[i] = offset + factor * values[i];
        return values;
    }
}
