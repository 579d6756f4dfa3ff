using System.Globalization;
using Microsoft.ML.Distillation;

namespace Benchmarks;

/// <summary>What the command line says of training on in 8 bits.</summary>
internal static class AwareArguments
{
    public const string Help = """
          --aware-epochs N      of the training in 8 bits (10)
          --aware-rate R        its learning rate (0.001)
        """;

    /// <param name="rest">What it says is taken out.</param>
    public static QuantizationAwareOptions Take(List<string> rest)
    {
        var epochs = int.Parse(CommandLine.Take(rest, "--aware-epochs") ?? "10", NumberStyles.None, CultureInfo.InvariantCulture);
        var rate = double.Parse(CommandLine.Take(rest, "--aware-rate") ?? "0.001", NumberStyles.Float, CultureInfo.InvariantCulture);
        return new QuantizationAwareOptions { Epochs = epochs, Optimizer = new SgdOptions { LearningRate = rate } };
    }
}
