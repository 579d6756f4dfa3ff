using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A number of a step that is not finite.</summary>
/// <param name="Step">Of the run, from 0.</param>
/// <param name="Rows">The batch.</param>
/// <param name="What">The loss term, or the gradient.</param>
internal sealed record WrongNumber(long Step, IReadOnlyList<int> Rows, string What, double Value);

/// <summary>
/// Looks whether a run's numbers are finite. They stay on the device until somebody looks, for many steps at once: there, looking is waiting.
/// </summary>
/// <param name="device">Where the numbers are.</param>
/// <param name="every">Steps from one look to the next; null for what suits the device.</param>
internal sealed class NumberWatch(Device device, int? every = null) : IDisposable
{
    private const int StepsOnDevice = 25;
    private readonly List<(long Step, int[] Rows, string[] Names, Tensor Values)> _steps = [];

    /// <summary>Whether enough has come together: on a CPU after every step.</summary>
    public bool IsDue => _steps.Count >= (every ?? (device.type == DeviceType.CPU ? 1 : StepsOnDevice));

    /// <summary>Notes a step's terms and the norm of its gradient.</summary>
    public void Add(long step, IReadOnlyList<int> rows, IReadOnlyList<(string Name, Tensor Value)> terms, Tensor gradientNorm)
    {
        var values = cat([.. terms.Select(t => Alone(t.Value)), Alone(gradientNorm)]).DetachFromDisposeScope();
        _steps.Add((step, [.. rows], [.. terms.Select(t => $"loss term '{t.Name}'"), "the gradient's norm"], values));
    }

    /// <returns>The first number that is not finite among those noted since the last look; null where all are.</returns>
    public WrongNumber? Look()
    {
        if (_steps.Count == 0)
            return null;
        using var scope = NewDisposeScope();
        var values = cat([.. _steps.Select(s => s.Values)]).cpu().to(ScalarType.Float64);
        var numbers = MemoryMarshal.Cast<byte, double>(values.bytes);
        WrongNumber? wrong = null;
        var place = 0;
        foreach (var (step, rows, names, _) in _steps)
        {
            for (var i = 0; i < names.Length && wrong is null; i++)
            {
                if (!double.IsFinite(numbers[place + i]))
                    wrong = new WrongNumber(step, rows, names[i], numbers[place + i]);
            }
            place += names.Length;
        }
        Clear();
        return wrong;
    }

    /// <summary>Forgets what was noted.</summary>
    public void Clear()
    {
        foreach (var step in _steps)
            step.Values.Dispose();
        _steps.Clear();
    }

    public void Dispose() => Clear();

    private static Tensor Alone(Tensor scalar) => scalar.detach().to(ScalarType.Float32).reshape(1);
}
