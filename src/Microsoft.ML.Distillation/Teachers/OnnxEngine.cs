using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>What runs the network of an ONNX file: torch tensors in, torch tensors out.</summary>
/// <param name="batch">The only number of images it takes at a time; null for any.</param>
internal abstract class OnnxEngine(int? batch) : IDisposable
{
    /// <summary>The only number of images it takes at a time; null for any.</summary>
    protected int? Batch => batch;

    /// <summary>Why it is not the engine that would have suited the device; null where it is.</summary>
    public string? Instead { get; private init; }

    /// <summary>Whether outputs can be differentiated by the input.</summary>
    public abstract bool CanDifferentiate { get; }

    /// <param name="input">Images, as the network takes them.</param>
    /// <returns>At least the outputs that are wanted, by name, on the device of the settings.</returns>
    public abstract IReadOnlyDictionary<string, Tensor> Run(Tensor input, IReadOnlyList<string> outputs);

    public abstract void Dispose();

    /// <summary>The engine that the options say, or that suits the device and what is wanted.</summary>
    /// <exception cref="NotSupportedException">It is to be TorchSharp, and there are operators that it can't execute; the message lists them all.</exception>
    public static OnnxEngine Open(OnnxModelFile file, OnnxClassifierShape shape, OnnxTeacherEngine wanted, TeacherSettings settings)
    {
        var differentiates = (settings.Parts & TeacherParts.Gradients) != 0;
        var choosesTorch = wanted == OnnxTeacherEngine.TorchSharp
            || (wanted == OnnxTeacherEngine.Auto && (differentiates || settings.Device.type == DeviceType.CUDA));
        if (!choosesTorch)
            return new OnnxRuntimeEngine(file, shape.Batch, settings);
        try
        {
            return new TorchSharpEngine(file, shape, settings);
        }
        catch (NotSupportedException reason) when (wanted == OnnxTeacherEngine.Auto && !differentiates)
        {
            return new OnnxRuntimeEngine(file, shape.Batch, settings) { Instead = reason.Message };
        }
    }
}

/// <summary>ONNX Runtime, on the CPU.</summary>
internal sealed class OnnxRuntimeEngine : OnnxEngine
{
    private readonly OnnxModelFile _file;
    private readonly TeacherSettings _settings;
    private OnnxRunner _runner;
    private HashSet<string> _outputs;

    public OnnxRuntimeEngine(OnnxModelFile file, int? batch, TeacherSettings settings) : base(batch)
    {
        (_file, _settings) = (file, settings);
        _runner = new OnnxRunner(file.ToBytes(), file.Source, settings.Threads);
        _outputs = [.. _runner.Outputs.Select(o => o.Name)];
    }

    public override bool CanDifferentiate => false;

    public override IReadOnlyDictionary<string, Tensor> Run(Tensor input, IReadOnlyList<string> outputs)
    {
        Tap(outputs);
        var images = input.cpu().contiguous();
        var values = OnnxBatches.Run(_runner, MemoryMarshal.Cast<byte, float>(images.bytes), images.shape, Batch, outputs);
        return values.ToDictionary(v => v.Key, v => (v.Value.IsInteger ? tensor(v.Value.Integers, v.Value.Shape) : tensor(v.Value.Floats, v.Value.Shape)).to(_settings.Device), StringComparer.Ordinal);
    }

    public override void Dispose() => _runner.Dispose();

    /// <summary>Inner tensors that are wanted become outputs, for which the file is opened again.</summary>
    private void Tap(IReadOnlyList<string> outputs)
    {
        if (outputs.All(_outputs.Contains))
            return;
        var tapped = new OnnxRunner(_file.WithOutputs(outputs).ToBytes(), _file.Source, _settings.Threads);
        _runner.Dispose();
        (_runner, _outputs) = (tapped, [.. tapped.Outputs.Select(o => o.Name)]);
    }
}

/// <summary>TorchSharp, on the training device.</summary>
internal sealed class TorchSharpEngine : OnnxEngine
{
    private readonly OnnxModelFile _file;
    private readonly OnnxClassifierShape _shape;
    private readonly TeacherSettings _settings;
    private OnnxModule _module;
    private HashSet<string> _outputs;

    public TorchSharpEngine(OnnxModelFile file, OnnxClassifierShape shape, TeacherSettings settings) : base(shape.Batch)
    {
        (_file, _shape, _settings) = (file, shape, settings);
        _outputs = [.. new[] { shape.Output }.OfType<string>()];
        _module = Compile();
    }

    public override bool CanDifferentiate => true;

    public override IReadOnlyDictionary<string, Tensor> Run(Tensor input, IReadOnlyList<string> outputs)
    {
        Tap(outputs);
        var rows = input.shape[0];
        if (Batch is not { } size || size == rows)
            return Run(input);
        var parts = new List<IReadOnlyDictionary<string, Tensor>>();
        for (var first = 0L; first < rows; first += size)
        {
            var part = input.narrow(0, first, Math.Min(size, rows - first));
            // The last one is filled up with zeros.
            parts.Add(Run(part.shape[0] == size ? part : cat([part, zeros([size - part.shape[0], .. part.shape[1..]], device: _settings.Device)], 0)));
        }
        return outputs.ToDictionary(name => name, name => cat([.. parts.Select(part => part[name])], 0).narrow(0, 0, rows), StringComparer.Ordinal);
    }

    public override void Dispose() => _module.Dispose();

    private IReadOnlyDictionary<string, Tensor> Run(Tensor images) =>
        _module.Run(_shape.ChannelsLast ? images : PixelTensor.ForNetwork(images)).ToDictionary(value => value.Key, value => FloatMaps.Of(value.Value), StringComparer.Ordinal);

    private void Tap(IReadOnlyList<string> outputs)
    {
        if (outputs.All(_outputs.Contains))
            return;
        _outputs = [.. outputs];
        _module.Dispose();
        _module = Compile();
    }

    private OnnxModule Compile()
    {
        var module = new OnnxModule(_file, _shape.Input, [.. _outputs], trains: false);
        module.to(_settings.Device);
        // It outlives the call that first asks for a tensor.
        foreach (var weight in module.parameters().Concat(module.buffers()))
            weight.DetachFromDisposeScope();
        if (_settings.Precision == Precision.BFloat16)
            module.KeepBFloat16();
        return module;
    }
}
