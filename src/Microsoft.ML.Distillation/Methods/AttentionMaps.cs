using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>Attention maps of feature maps, shared by the methods that compare them.</summary>
internal static class AttentionMaps
{
    /// <summary>N×C×H×W → N×H×W, not normalised.</summary>
    /// <param name="features">Feature maps.</param>
    /// <param name="map">How channels join.</param>
    /// <param name="power">p; unused by <see cref="AttentionMap.SumAbsolute"/>.</param>
    public static Tensor Map(Tensor features, AttentionMap map, double power) => map switch
    {
        AttentionMap.SumAbsolute => features.abs().sum(1),
        AttentionMap.SumPower => features.abs().pow(power).sum(1),
        AttentionMap.MaxPower => features.abs().amax(new long[] { 1 }).pow(power),
        _ => throw new ArgumentOutOfRangeException(nameof(map), map, "This is no attention map."),
    };

    /// <summary>Reports a map that isn't one, and a power below 1, whose gradient at 0 is infinite.</summary>
    public static void Validate(string method, AttentionMap map, double power, Faults faults)
    {
        faults.AddIf(!Enum.IsDefined(map), $"{method}.Map is {map}; it must be SumAbsolute, SumPower or MaxPower.");
        faults.AddIf(!(power >= 1 && double.IsFinite(power)), $"{method}.Power is {power}; it must be 1 or more.");
    }
}
