using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What numbers a run computes with: a rule on what its device supports and its methods need, never a measurement, so that it is the same tomorrow.</summary>
internal static class PrecisionChoice
{
    private const int FirstCapability = 8;

    /// <summary>A classifier's.</summary>
    public static Precision Choose(Precision wanted, Device device, IEnumerable<DistillationMethod> methods) =>
        wanted == Precision.Auto && methods.Any(LearnsFromGradients) ? Precision.Float32 : Choose(wanted, device);

    /// <returns><see cref="Precision.Float32"/> or <see cref="Precision.BFloat16"/>.</returns>
    public static Precision Choose(Precision wanted, Device device) =>
        wanted != Precision.Auto ? wanted : Computes(device) ? Precision.BFloat16 : Precision.Float32;

    public static void Validate(Precision wanted, IEnumerable<DistillationMethod> methods, Faults faults)
    {
        faults.AddIf(!Enum.IsDefined(wanted), $"Precision is {wanted}; it must be Float32, BFloat16 or Auto.");
        foreach (var method in methods.Where(method => wanted == Precision.BFloat16 && LearnsFromGradients(method)))
            faults.Add($"{method.Name} learns from gradients, which are too coarse for it in BFloat16: set Precision to Float32 or Auto.");
    }

    /// <summary>The type of what networks are given, and so compute in.</summary>
    public static ScalarType Type(this Precision precision) => precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>As a report has it.</summary>
    public static string Describe(Precision wanted, Precision chosen) => wanted == chosen ? $"{chosen}" : $"{chosen} ({wanted})";

    private static bool LearnsFromGradients(DistillationMethod method) => (method.Needs & TeacherParts.Gradients) != 0 || (method.Uses & BatchParts.InputGradients) != 0;

    private static bool Computes(Device device) => device.type switch
    {
        DeviceType.CPU => ProcessorFeatures.HasBFloat16,
        DeviceType.CUDA => CudaDriver.Capability(Math.Max(0, device.index)) >= FirstCapability,
        _ => false,
    };
}
