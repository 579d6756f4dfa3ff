using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What an optimiser remembers of each parameter.</summary>
/// <remarks>
/// TorchSharp's own way, <c>save_state_dict</c> and <c>load_state_dict</c>, fails for SGD before its first step, when there is no momentum to load into, and ties what it loads to the
/// scope that is open; so each state's public members are read and written here.
/// </remarks>
internal sealed class OptimizerTensors(OptimizerHelper optimizer) : ITensorState
{
    private const string Momentum = "momentum", Step = "step", Mean = "mean", Square = "square";

    public IEnumerable<(string Name, Tensor Value)> Tensors => States.SelectMany(
        state => state.State switch
        {
            SGD.State sgd => sgd.momentum_buffer is null ? [] : new[] { ($"{state.Index}.{Momentum}", sgd.momentum_buffer) },
            AdamW.State adam => [($"{state.Index}.{Step}", tensor(adam.step)), ($"{state.Index}.{Mean}", adam.exp_avg), ($"{state.Index}.{Square}", adam.exp_avg_sq)],
            _ => throw Unknown(state.State),
        });

    private IEnumerable<(int Index, OptimizerState State)> States => optimizer.state_dict().State.Index();

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGrad = no_grad();
        var device = optimizer.parameters().First().device;
        foreach (var (index, state) in States)
        {
            switch (state)
            {
                case SGD.State sgd:
                    RestoreMomentum(sgd, tensors.GetValueOrDefault($"{index}.{Momentum}"), device);
                    break;
                case AdamW.State adam:
                    adam.step = tensors[$"{index}.{Step}"].item<long>();
                    adam.exp_avg.copy_(tensors[$"{index}.{Mean}"]);
                    adam.exp_avg_sq.copy_(tensors[$"{index}.{Square}"]);
                    break;
                default:
                    throw Unknown(state);
            }
        }
    }

    private static void RestoreMomentum(SGD.State state, Tensor? momentum, Device device)
    {
        if (momentum is not null && state.momentum_buffer is not null)
        {
            state.momentum_buffer.copy_(momentum);
            return;
        }
        state.momentum_buffer?.Dispose();
        // The next step adds to it, long after the scope that is open now.
        state.momentum_buffer = momentum is null ? null! : momentum.to(device, copy: true).DetachFromDisposeScope();
    }

    private static NotSupportedException Unknown(OptimizerState state) => new($"The state of {state.GetType()} can't be kept.");
}
