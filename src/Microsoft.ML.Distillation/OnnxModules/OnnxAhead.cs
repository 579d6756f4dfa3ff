using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>
/// What is computed of sizes and constants alone, on the CPU, and copies of it on the device where numbers meet it. It is the same for every input of a size, so it is computed and copied once: a copy
/// would keep the CPU waiting for the device.
/// </summary>
internal sealed class OnnxAhead : IDisposable
{
    private readonly Dictionary<string, Tensor> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _copies = new(StringComparer.Ordinal);
    private long[] _size = [];
    private Device _device = CPU;

    /// <summary>Forgets all, unless it was for the same.</summary>
    public void Begin(Tensor input)
    {
        if (input.shape.SequenceEqual(_size) && input.device.type == _device.type && input.device.index == _device.index)
            return;
        Clear();
        (_size, _device) = (input.shape, input.device);
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public Tensor? Find(string name) => _values.GetValueOrDefault(name);

    public void Keep(string name, Tensor value)
    {
        _values.Add(name, value);
        value.DetachFromDisposeScope();
    }

    /// <param name="value">The tensor of that name on the CPU.</param>
    public Tensor OnDevice(string name, Tensor value)
    {
        if (_device.type == DeviceType.CPU)
            return value;
        if (!_copies.TryGetValue(name, out var copy))
            _copies.Add(name, copy = value.to(_device).DetachFromDisposeScope());
        return copy;
    }

    public void Dispose() => Clear();

    private void Clear()
    {
        foreach (var tensor in _values.Values.Concat(_copies.Values))
            tensor.Dispose();
        _values.Clear();
        _copies.Clear();
        _size = [];
    }
}
