using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>A second figure that is measured after each epoch, beside the one the loop goes by; part of what checkpoints keep.</summary>
internal sealed class MeasuredPrecisions : ITensorState
{
    private const string Name = "mAP50";
    private readonly double[] _values;

    // As long as the run from the first: what copies a state expects it to keep its shape.
    public MeasuredPrecisions(int epochs)
    {
        _values = new double[epochs];
        Array.Fill(_values, double.NaN);
    }

    public IReadOnlyList<double> Values => [.. _values.TakeWhile(value => !double.IsNaN(value))];

    public IEnumerable<(string Name, Tensor Value)> Tensors => [(Name, tensor(_values))];

    public void Add(double value) => _values[Values.Count] = value;

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(tensors[Name].cpu().contiguous().bytes).CopyTo(_values);
    }
}
