using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>What is left of a network's accuracy when its weights are shaken (<see cref="EvidenceOptions"/>).</summary>
internal static class WeightNoise
{
    /// <param name="module">Its weights are afterwards what they were, bit for bit.</param>
    /// <param name="seed">Of the noise: networks of one architecture are shaken alike.</param>
    /// <param name="accuracy">Of the module as it is.</param>
    public static IReadOnlyList<NoiseAccuracy> Measure(nn.Module module, EvidenceOptions options, long seed, Func<double> accuracy)
    {
        List<(string Name, Tensor Live)> weights = [.. module.named_parameters().Select(p => (p.Item1, (Tensor)p.Item2))];
        var measured = options.NoiseStrengths.Select(_ => new List<double>()).ToList();
        using var own = new StateCopy();
        own.Take(weights);
        try
        {
            for (var draw = 0; draw < options.Draws; draw++)
                MeasureDraw(draw);
        }
        finally
        {
            using var noGrad = no_grad();
            foreach (var (name, live) in weights)
                live.copy_(own.Tensors[name]);
        }
        return [.. options.NoiseStrengths.Zip(measured, (strength, accuracies) => new NoiseAccuracy(strength, accuracies))];

        void MeasureDraw(int draw)
        {
            using var scope = NewDisposeScope();
            var noise = weights.Select((w, place) => Draw(own.Tensors[w.Name], seed, draw, place)).ToList();
            for (var i = 0; i < measured.Count; i++)
            {
                if (options.NoiseStrengths[i] == 0 && draw > 0) // no draw differs
                {
                    measured[i].Add(measured[i][0]);
                    continue;
                }
                Add(noise, options.NoiseStrengths[i]);
                measured[i].Add(accuracy());
            }
        }

        void Add(List<Tensor> noise, double strength)
        {
            using var noGrad = no_grad();
            for (var i = 0; i < weights.Count; i++)
            {
                using var shaken = own.Tensors[weights[i].Name] + noise[i] * strength;
                weights[i].Live.copy_(shaken);
            }
        }
    }

    /// <summary>√(mean w²)·ε.</summary>
    private static Tensor Draw(Tensor weights, long seed, int draw, int place)
    {
        using var noGrad = no_grad();
        var random = new CounterRandom(seed, RandomPurpose.WeightNoise, draw, place);
        var values = new float[weights.numel()];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)random.NextGaussian();
        using var gaussian = tensor(values, weights.shape).to(weights.dtype).to(weights.device);
        return gaussian * weights.pow(2).mean().sqrt();
    }
}
