using BenchmarkDotNet.Attributes;
using Microsoft.ML.Distillation;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>Kernels that share what they are given: tensors of the library's usual sizes, made once, on the CPU.</summary>
public abstract class KernelGroup
{
    private TorchSharp.DisposeScope? _given;

    [GlobalSetup]
    public void SetUp()
    {
        _given = NewDisposeScope();
        random.manual_seed(1);
        Prepare();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        Finish();
        _given!.Dispose();
    }

    /// <summary>Makes what the kernels are given; tensors live until the end.</summary>
    private protected abstract void Prepare();

    /// <summary>Frees what is no tensor.</summary>
    private protected virtual void Finish()
    {
    }

    /// <summary>Numbers from −2 to 2.</summary>
    private protected static Tensor Numbers(params long[] shape) => (rand(shape) * 4) - 2;

    /// <summary>The weighted sum of the terms, and its gradients: a step's share of a method. Gradients add up, as nobody clears them.</summary>
    private protected static float Step(IReadOnlyList<LossTerm> terms)
    {
        var total = terms.Select(term => term.Value * term.Weight).Aggregate((sum, term) => sum + term);
        total.backward();
        return total.item<float>();
    }
}
