using Microsoft.ML.Distillation.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>An optimiser's memory, put back into another, leads to the same weights.</summary>
public class OptimizerTensorsTests
{
    public static TheoryData<OptimizerOptions, int> Cases => new()
    {
        { new SgdOptions(), 0 },
        { new SgdOptions(), 3 },
        { new SgdOptions { Nesterov = false, Momentum = 0 }, 3 },
        { new AdamWOptions(), 0 },
        { new AdamWOptions(), 3 },
    };

    // The other one has gone its own way before, so that what it remembered must go.
    [Theory]
    [MemberData(nameof(Cases))]
    public void WhatIsPutBackGoesOn(OptimizerOptions options, int steps)
    {
        using var first = new Pair(options);
        using var second = new Pair(options);
        first.Step(steps, seed: 1);
        second.Step(2, seed: 50);

        using (NewDisposeScope())
            new OptimizerTensors(second.Optimizer).Restore(new OptimizerTensors(first.Optimizer).Tensors.ToDictionary(t => t.Name, t => t.Value.clone()));
        second.TakeWeights(first);
        first.Step(2, seed: 9);
        second.Step(2, seed: 9);

        Assert.Equal(first.Values, second.Values);
    }

    [Fact]
    public void ANewOneRemembersNothingOfSgdAndZerosOfAdam()
    {
        using var scope = NewDisposeScope();
        using var sgd = new Pair(new SgdOptions());
        using var adam = new Pair(new AdamWOptions());

        Assert.Empty(new OptimizerTensors(sgd.Optimizer).Tensors);
        Assert.Equal(["0.step", "0.mean", "0.square", "1.step", "1.mean", "1.square"], new OptimizerTensors(adam.Optimizer).Tensors.Select(t => t.Name));
    }

    private sealed class Pair : IDisposable
    {
        private readonly Parameter[] _parameters = [new(tensor(Numbers.Gaussian(6, 3), [2, 3])), new(tensor(Numbers.Gaussian(2, 4)))];

        public Pair(OptimizerOptions options) => Optimizer = options.Create(_parameters);

        public OptimizerHelper Optimizer { get; }

        public IEnumerable<float> Values => _parameters.SelectMany(p => Numbers.Floats(p));

        public void Step(int steps, int seed)
        {
            for (var i = 0; i < steps; i++)
            {
                using var scope = NewDisposeScope();
                Optimizer.zero_grad();
                (_parameters[0] * tensor(Numbers.Gaussian(6, seed + i), [2, 3])).sum().add((_parameters[1] * 3).square().sum()).backward();
                Optimizer.step();
            }
        }

        public void TakeWeights(Pair other)
        {
            using var noGrad = no_grad();
            foreach (var (mine, theirs) in _parameters.Zip(other._parameters))
                mine.copy_(theirs);
        }

        public void Dispose()
        {
            Optimizer.Dispose();
            foreach (var parameter in _parameters)
                parameter.Dispose();
        }
    }
}
