using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What the CPU can do that .NET has no class for.</summary>
internal static class ProcessorFeatures
{
    // CPUID leaf 7, its second part, EAX (Intel, "Software developer's manual", volume 2A). Processors with AMX have it too.
    private const int ExtendedFeatures = 7, SecondPart = 1, BFloat16Bit = 1 << 5;

    /// <summary>
    /// Whether it multiplies bfloat16 numbers (AVX512-BF16) and the operating system lets it; without, oneDNN emulates that, slower than float32.
    /// </summary>
    public static bool HasBFloat16 { get; } = Avx512BW.IsSupported && LastPart() >= SecondPart && (X86Base.CpuId(ExtendedFeatures, SecondPart).Eax & BFloat16Bit) != 0;

    private static int LastPart() => X86Base.CpuId(0, 0).Eax >= ExtendedFeatures ? X86Base.CpuId(ExtendedFeatures, 0).Eax : 0;
}
