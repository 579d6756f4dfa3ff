using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>ONNX Runtime, on the CPU.</summary>
internal sealed class OnnxRuntimeEngine : OnnxEngine
{
    private readonly OnnxModelFile _file;
    private OnnxRunner _runner;
    private HashSet<string> _outputs;

    public OnnxRuntimeEngine(OnnxModelFile file, OnnxEngineNeeds needs) : base(needs)
    {
        _file = file;
        _runner = new OnnxRunner(file.ToBytes(), file.Source, needs.Threads);
        _outputs = [.. _runner.Outputs.Select(o => o.Name)];
    }

    public override bool CanDifferentiate => false;

    public override IReadOnlyDictionary<string, Tensor> Run(Tensor input, IReadOnlyList<string> outputs) =>
        Read(input, outputs).ToDictionary(v => v.Key, v => (v.Value.IsInteger ? tensor(v.Value.Integers, v.Value.Shape) : tensor(v.Value.Floats, v.Value.Shape)).to(Needs.Device), StringComparer.Ordinal);

    public override IReadOnlyDictionary<string, OnnxTensor> Read(Tensor input, IReadOnlyList<string> outputs)
    {
        Tap(outputs);
        using var scope = NewDisposeScope();
        var images = input.cpu().contiguous();
        return OnnxBatches.Run(_runner, MemoryMarshal.Cast<byte, float>(images.bytes), images.shape, Needs.Batch, outputs);
    }

    public override void Dispose() => _runner.Dispose();

    /// <summary>Inner tensors that are wanted become outputs, for which the file is opened again.</summary>
    private void Tap(IReadOnlyList<string> outputs)
    {
        if (outputs.All(_outputs.Contains))
            return;
        var tapped = new OnnxRunner(_file.WithOutputs(outputs).ToBytes(), _file.Source, Needs.Threads);
        _runner.Dispose();
        (_runner, _outputs) = (tapped, [.. tapped.Outputs.Select(o => o.Name)]);
    }
}
