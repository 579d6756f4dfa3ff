using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>What of an ONNX file is run, and where.</summary>
/// <param name="Input">The input for images.</param>
/// <param name="Outputs">What is known to be asked for: others are found out about when they are.</param>
/// <param name="IsNchw">Whether images come as N×3×H×W.</param>
/// <param name="Batch">The only number of images it takes at a time; null for any, and where images come one by one.</param>
/// <param name="Device">Where outputs are wanted.</param>
/// <param name="Threads">CPU threads.</param>
internal sealed record OnnxEngineNeeds(string Input, IReadOnlyList<string> Outputs, bool IsNchw, int? Batch, Device Device, int Threads)
{
    /// <inheritdoc cref="TeacherSettings.Precision"/>
    public Precision Precision { get; init; }

    /// <summary>Whether outputs are differentiated by the input.</summary>
    public bool Gradients { get; init; }
}

/// <summary>What runs the network of an ONNX file: torch tensors in, torch tensors or arrays out.</summary>
internal abstract class OnnxEngine(OnnxEngineNeeds needs) : IDisposable
{
    protected OnnxEngineNeeds Needs => needs;

    /// <summary>That it is not the engine that would have suited the device, and why; null where it is.</summary>
    public CheckupFinding? Notice { get; private init; }

    /// <summary>Whether outputs can be differentiated by the input.</summary>
    public abstract bool CanDifferentiate { get; }

    /// <param name="input">Images, as the network takes them.</param>
    /// <returns>At least the outputs that are wanted, by name, on the device.</returns>
    public abstract IReadOnlyDictionary<string, Tensor> Run(Tensor input, IReadOnlyList<string> outputs);

    /// <inheritdoc cref="Run"/>
    /// <returns>At least the outputs that are wanted, by name, in arrays.</returns>
    public abstract IReadOnlyDictionary<string, OnnxTensor> Read(Tensor input, IReadOnlyList<string> outputs);

    public abstract void Dispose();

    /// <summary>The engine that the options say, or that suits the device and what is wanted.</summary>
    /// <exception cref="NotSupportedException">It is to be TorchSharp, and there are nodes that it can't execute; the message lists them all.</exception>
    public static OnnxEngine Open(OnnxModelFile file, OnnxTeacherEngine wanted, OnnxEngineNeeds needs)
    {
        var choosesTorch = wanted == OnnxTeacherEngine.TorchSharp || (wanted == OnnxTeacherEngine.Auto && (needs.Gradients || needs.Device.type == DeviceType.CUDA));
        if (!choosesTorch)
            return new OnnxRuntimeEngine(file, needs);
        try
        {
            return new TorchSharpEngine(file, needs);
        }
        catch (NotSupportedException reason) when (wanted == OnnxTeacherEngine.Auto && !needs.Gradients)
        {
            return new OnnxRuntimeEngine(file, needs) { Notice = Elsewhere(reason.Message) };
        }
    }

    private static CheckupFinding Elsewhere(string reason) => CheckupFinding.Warning(
        "engine", $"The teacher runs in ONNX Runtime on the CPU, and every batch goes there and back: {reason}",
        "Slower, and right all the same. To run it where the student is trained, export it without these operators.");
}
