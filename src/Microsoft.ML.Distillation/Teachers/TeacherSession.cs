using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Where a teacher runs, and what for.</summary>
/// <param name="Device">Where its outputs are wanted.</param>
/// <param name="Threads">CPU threads.</param>
/// <param name="Parts">What is wanted of it: the rest may be left out.</param>
internal sealed record TeacherSettings(Device Device, int Threads, TeacherParts Parts = TeacherParts.Logits)
{
    /// <summary>The student's classes; <see cref="OpenedTeacher"/> sets them.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>The rows whose images the teacher will be asked about, for teachers that read columns of their own; null for images without rows.</summary>
    public IDataView? Rows { get; init; }

    /// <summary>What a teacher in TorchSharp computes in; others go by themselves.</summary>
    public Precision Precision { get; init; }

    public CancellationToken Cancellation { get; init; }
}

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

    /// <summary>Whether the logits come in the order of <see cref="TeacherSettings.Classes"/> already; else in the teacher's own.</summary>
    public virtual bool InLabelOrder => false;

    /// <summary>Whether it read its rows' scores beforehand: nothing is left to keep.</summary>
    public virtual bool ScoredBeforehand => false;

    /// <summary>Whether what it says depends on the pixels it is given.</summary>
    public virtual bool LooksAtPixels => true;

    /// <summary>The teachers this one is made of; empty for a single one.</summary>
    public virtual IReadOnlyList<OpenedTeacher> Members => [];

    /// <summary>What opening it has shown that somebody should know; null for nothing.</summary>
    public virtual CheckupFinding? Notice => null;

    /// <summary>What <see cref="Forward(Tensor)"/> gives.</summary>
    /// <param name="stored">Size of the pixels it will be given.</param>
    public virtual OutputShape Describe(ImageSize stored) => new(ClassCount, [], null);

    /// <summary>Whether outputs can be differentiated by the input and the feature maps.</summary>
    public virtual bool CanDifferentiate => false;

    /// <summary>Runs the teacher. Its outputs have gradients only where they were wanted and <see cref="CanDifferentiate"/> is true.</summary>
    /// <param name="pixels">RGB pixels 0…255, float N×3×H×W, of the teacher's input size or larger.</param>
    /// <returns>Its outputs, in its own order of classes, on the device of the settings.</returns>
    public abstract ModelOutput Forward(Tensor pixels);

    /// <summary>The same for teachers that go by the rows the images come from rather than by their pixels.</summary>
    /// <param name="rows">Places of the images in <see cref="TeacherSettings.Rows"/>, N.</param>
    public virtual ModelOutput Forward(Tensor pixels, IReadOnlyList<int> rows) => Forward(pixels);

    public abstract void Dispose();
}
