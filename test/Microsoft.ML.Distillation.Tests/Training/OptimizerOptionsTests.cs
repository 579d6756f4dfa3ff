using Microsoft.ML.Distillation.Common;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class OptimizerOptionsTests
{
    private const double Start = 2;
    private static readonly double[] Gradients = [1, -.5, .25];

    public static TheoryData<double, double, bool, double> SgdCases => new()
    {
        { .1, .9, true, 5e-4 },
        { .1, .9, false, 5e-4 },
        { .1, 0, false, 5e-4 },
        { .1, .5, true, .1 },
        { .02, .9, true, 0 },
    };

    [Theory]
    [MemberData(nameof(SgdCases))]
    public void SgdMovesByTheDocumentedFormula(double rate, double momentum, bool nesterov, double decay)
    {
        var (w, v) = (Start, 0.0);
        foreach (var gradient in Gradients)
        {
            var g = gradient + decay * w;
            v = momentum * v + g;
            w -= rate * (nesterov ? g + momentum * v : v);
        }

        Assert.Equal(w, Run(new SgdOptions { LearningRate = rate, Momentum = momentum, Nesterov = nesterov, WeightDecay = decay }), 1e-6);
    }

    public static TheoryData<double, double, double, double> AdamCases => new()
    {
        { 1e-3, .9, .999, 1e-2 },
        { .1, .9, .999, 1e-2 },
        { .1, .5, .999, 1e-2 },
        { .1, .9, .9, 1e-2 },
        { .1, .9, .999, 1 },
        { .1, 0, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(AdamCases))]
    public void AdamWMovesByItsPapersFormula(double rate, double beta1, double beta2, double decay)
    {
        var (w, m, v) = (Start, 0.0, 0.0);
        for (var t = 1; t <= Gradients.Length; t++)
        {
            var g = Gradients[t - 1];
            w -= rate * decay * w;
            (m, v) = (beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g);
            w -= rate * m / (1 - Math.Pow(beta1, t)) / (Math.Sqrt(v / (1 - Math.Pow(beta2, t))) + 1e-8);
        }

        Assert.Equal(w, Run(new AdamWOptions { LearningRate = rate, Beta1 = beta1, Beta2 = beta2, WeightDecay = decay }), 1e-6);
    }

    public static TheoryData<OptimizerOptions> Decaying => [new SgdOptions { WeightDecay = .5 }, new AdamWOptions { LearningRate = .1, WeightDecay = .5 }];

    public static TheoryData<OptimizerOptions> SparingVectors =>
        [new SgdOptions { WeightDecay = .5, DecayVectors = false }, new AdamWOptions { LearningRate = .1, WeightDecay = .5, DecayVectors = false }];

    // Without gradients, decay alone moves weights: by .1·.5 of what they are.
    [Theory]
    [MemberData(nameof(Decaying))]
    public void DecayPullsAtAll(OptimizerOptions options) => Assert.Equal((1.9, 1.9), Decayed(options));

    [Theory]
    [MemberData(nameof(SparingVectors))]
    public void DecayMaySpareVectors(OptimizerOptions options) => Assert.Equal((1.9, 2), Decayed(options));

    [Fact]
    public void SparedVectorsAreTold() => Assert.Equal("SGD lr 0.1 momentum 0.9 Nesterov weight decay 0.0005 but of vectors", new SgdOptions { DecayVectors = false }.ToString());

    [Fact]
    public void DefaultsAreTheDocumentedOnes()
    {
        Assert.Equal("SGD lr 0.1 momentum 0.9 Nesterov weight decay 0.0005", new SgdOptions().ToString());
        Assert.Equal("AdamW lr 0.001 betas 0.9 0.999 weight decay 0.01", new AdamWOptions().ToString());
    }

    public static TheoryData<OptimizerOptions, string> Wrong => new()
    {
        { new SgdOptions { LearningRate = 0 }, "Optimizer.LearningRate is 0; it must be above 0." },
        { new SgdOptions { LearningRate = double.NaN }, "Optimizer.LearningRate is NaN; it must be above 0." },
        { new AdamWOptions { LearningRate = double.PositiveInfinity }, "Optimizer.LearningRate is Infinity; it must be above 0." },
        { new AdamWOptions { WeightDecay = -1 }, "Optimizer.WeightDecay is -1; it must be 0 or more." },
        { new SgdOptions { Momentum = 1 }, "Optimizer.Momentum is 1; it must be 0 or more and below 1." },
        { new SgdOptions { Momentum = -.1, Nesterov = false }, "Optimizer.Momentum is -0.1; it must be 0 or more and below 1." },
        { new SgdOptions { Momentum = 0 }, "Optimizer.Nesterov needs a Momentum above 0: set Nesterov to false, or Momentum to 0.9." },
        { new AdamWOptions { Beta1 = 1 }, "Optimizer.Beta1 is 1; it must be 0 or more and below 1." },
        { new AdamWOptions { Beta2 = double.NaN }, "Optimizer.Beta2 is NaN; it must be 0 or more and below 1." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void OptionsOutOfRangeAreFaults(OptimizerOptions options, string fault)
    {
        var faults = new Faults("x");

        options.Validate(faults);

        Assert.Equal($"x: {fault} (Parameter 'p')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message);
    }

    [Fact]
    public void AllFaultsAreToldTogether()
    {
        var faults = new Faults("x");

        new SgdOptions { LearningRate = -1, WeightDecay = -1, Momentum = 2 }.Validate(faults);

        Assert.StartsWith("x: 3 faults.", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message, StringComparison.Ordinal);
    }

    // With Nesterov's look-ahead the first step is 1 + μ times as long.
    private static (double Matrix, double Vector) Decayed(OptimizerOptions options)
    {
        options = options is SgdOptions sgd ? new SgdOptions { WeightDecay = sgd.WeightDecay, DecayVectors = sgd.DecayVectors, Momentum = 0, Nesterov = false } : options;
        using var matrix = new Parameter(full([2, 2], Start, ScalarType.Float64));
        using var vector = new Parameter(full([3], Start, ScalarType.Float64));
        using var optimizer = options.Create([vector, matrix]);
        using var scope = NewDisposeScope();
        ((matrix.sum() + vector.sum()) * 0).backward();
        optimizer.step();
        return (Math.Round(matrix.max().item<double>(), 9), Math.Round(vector.max().item<double>(), 9));
    }

    /// <summary>Where a weight that starts at 2 is after three steps along known gradients.</summary>
    private static double Run(OptimizerOptions options)
    {
        using var weight = new Parameter(tensor(Start));
        using var optimizer = options.Create([weight]);
        foreach (var gradient in Gradients)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            (weight * gradient).backward();
            optimizer.step();
        }
        return weight.item<double>();
    }
}
