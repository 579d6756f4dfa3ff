using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>What a method says of its own options.</summary>
internal static class Refusals
{
    /// <summary>The only fault of a method's options.</summary>
    public static string Of(DistillationMethod method)
    {
        var faults = new Faults("x");
        method.Validate(faults);
        var message = Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message;
        Assert.StartsWith("x: ", message, StringComparison.Ordinal);
        Assert.EndsWith(" (Parameter 'p')", message, StringComparison.Ordinal);
        return message["x: ".Length..^" (Parameter 'p')".Length];
    }
}
