using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Where a teacher runs.</summary>
/// <param name="Device">Where its outputs are wanted.</param>
/// <param name="Threads">CPU threads.</param>
internal sealed record TeacherSettings(Device Device, int Threads);

/// <summary>A loaded teacher.</summary>
internal abstract class TeacherSession : IDisposable
{
    /// <summary>The input size the teacher insists on; null when it takes any.</summary>
    public abstract ImageSize? InputSize { get; }

    /// <summary>How many classes it scores.</summary>
    public abstract int ClassCount { get; }

    /// <summary>Trained values in the teacher; null when unknown.</summary>
    public abstract long? ParameterCount { get; }

    /// <summary>Size of its model file in bytes; null when it has none.</summary>
    public abstract long? ModelBytes { get; }

    /// <summary>Runs the teacher, without gradients.</summary>
    /// <param name="pixels">RGB pixels 0…255, float N×3×H×W, of the teacher's input size or larger.</param>
    /// <returns>Its outputs, in its own order of classes, on the device of the settings.</returns>
    public abstract ModelOutput Forward(Tensor pixels);

    public abstract void Dispose();
}
