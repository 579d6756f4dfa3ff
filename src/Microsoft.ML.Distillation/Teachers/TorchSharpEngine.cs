using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>TorchSharp, on the training device.</summary>
internal sealed class TorchSharpEngine : OnnxEngine
{
    private readonly OnnxModelFile _file;
    private OnnxModule _module;
    private HashSet<string> _outputs;

    public TorchSharpEngine(OnnxModelFile file, OnnxEngineNeeds needs) : base(needs)
    {
        _file = file;
        _outputs = [.. needs.Outputs];
        _module = Compile();
    }

    public override bool CanDifferentiate => true;

    public override IReadOnlyDictionary<string, Tensor> Run(Tensor input, IReadOnlyList<string> outputs)
    {
        Tap(outputs);
        var rows = input.shape[0];
        if (Needs.Batch is not { } size || size == rows)
            return Run(input);
        var parts = new List<IReadOnlyDictionary<string, Tensor>>();
        for (var first = 0L; first < rows; first += size)
        {
            var part = input.narrow(0, first, Math.Min(size, rows - first));
            // The last one is filled up with zeros.
            parts.Add(Run(part.shape[0] == size ? part : cat([part, zeros([size - part.shape[0], .. part.shape[1..]], device: Needs.Device)], 0)));
        }
        return outputs.ToDictionary(name => name, name => cat([.. parts.Select(part => part[name])], 0).narrow(0, 0, rows), StringComparer.Ordinal);
    }

    public override IReadOnlyDictionary<string, OnnxTensor> Read(Tensor input, IReadOnlyList<string> outputs)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var values = Run(input, outputs);
        return outputs.ToDictionary(name => name, name => ToArray(name, values[name]), StringComparer.Ordinal);
    }

    public override void Dispose() => _module.Dispose();

    private static OnnxTensor ToArray(string name, Tensor value) => value.is_floating_point()
        ? new(name, value.shape, MemoryMarshal.Cast<byte, float>(value.to(ScalarType.Float32).cpu().contiguous().bytes).ToArray())
        : new(name, value.shape, MemoryMarshal.Cast<byte, long>(value.to(ScalarType.Int64).cpu().contiguous().bytes).ToArray());

    private IReadOnlyDictionary<string, Tensor> Run(Tensor images) =>
        _module.Run(Needs.IsNchw ? PixelTensor.ForNetwork(images) : images).ToDictionary(value => value.Key, value => FloatMaps.Of(value.Value), StringComparer.Ordinal);

    private void Tap(IReadOnlyList<string> outputs)
    {
        // Only what is wanted is computed: it changes from phase to phase, not from batch to batch.
        if (_outputs.SetEquals(outputs))
            return;
        _outputs = [.. outputs];
        _module.Dispose();
        _module = Compile();
    }

    private OnnxModule Compile()
    {
        var module = new OnnxModule(_file, Needs.Input, [.. _outputs], trains: false);
        module.to(Needs.Device);
        // It outlives the call that first asks for a tensor.
        foreach (var weight in module.parameters().Concat(module.buffers()))
            weight.DetachFromDisposeScope();
        if (Needs.Precision == Precision.BFloat16)
            module.KeepBFloat16();
        return module;
    }
}
