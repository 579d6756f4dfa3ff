using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>Where a detector teacher runs, and what for.</summary>
/// <param name="Device">Where its outputs are wanted.</param>
/// <param name="Threads">CPU threads.</param>
/// <param name="Parts">What is wanted at every step: the rest may be left out.</param>
internal sealed record DetectorTeacherSettings(Device Device, int Threads, DetectionParts Parts)
{
    /// <summary>The rows whose images the teacher will be asked about, for teachers that read columns of their own; null for images without rows.</summary>
    public IDataView? Rows { get; init; }

    /// <inheritdoc cref="TeacherSettings.Precision"/>
    public Precision Precision { get; init; }

    public CancellationToken Cancellation { get; init; }
}

/// <summary>A loaded detector teacher. Its classes are in its own order.</summary>
internal abstract class DetectorTeacherSession : IDisposable
{
    /// <summary>The input size the teacher insists on; null when it takes any that its strides divide.</summary>
    public abstract ImageSize? InputSize { get; }

    /// <summary>Its classes; null when they are not known.</summary>
    public abstract IReadOnlyList<string>? ClassNames { get; }

    /// <summary>How many classes it tells apart.</summary>
    public abstract int ClassCount { get; }

    /// <summary>Trained values in the teacher; null when unknown.</summary>
    public abstract long? ParameterCount { get; }

    /// <summary>Size of its model file in bytes; null when it has none.</summary>
    public abstract long? ModelBytes { get; }

    /// <summary>What it is taken to expect of pixels, which may be wrong; null where its own file tells, or where it does not look at these pixels.</summary>
    public virtual ImageNormalization? AssumedNormalization => null;

    /// <summary>What opening it has shown; null for nothing.</summary>
    public virtual CheckupFinding? Notice => null;

    /// <summary>Whether it looks at <see cref="DetectorTeacherSettings.Rows"/> and not at pixels, so that it can be asked of no other images.</summary>
    public virtual bool LooksAtRows => false;

    /// <summary>Anchors of a YOLO teacher, which a student that learns from its predictions takes over; null for others.</summary>
    public virtual AnchorSet? Anchors => null;

    /// <summary>The network, where it is one of this library's, whose weights a student may begin with; null for others.</summary>
    public virtual DetectorModule? Network => null;

    /// <summary>What <see cref="Forward"/> gives; null for a teacher of which nothing but its boxes can be had.</summary>
    /// <param name="input">Size of the pixels it will be given.</param>
    public virtual DetectorShape? Describe(ImageSize input) => null;

    /// <summary>Runs the teacher, without gradients.</summary>
    /// <param name="pixels">RGB pixels 0…255, float N×3×H×W.</param>
    public virtual DetectionOutput Forward(Tensor pixels) => throw new NotSupportedException($"{GetType().Name} gives boxes alone.");

    /// <summary>What the teacher finds in images as they are stored, not augmented.</summary>
    /// <param name="pixels">RGB pixels 0…255, float N×3×H×W, letterboxed.</param>
    /// <param name="rows">Places of the images in <see cref="DetectorTeacherSettings.Rows"/>, N; empty where the pixels are all there is.</param>
    public abstract FoundObjects Detect(Tensor pixels, IReadOnlyList<int> rows);

    public abstract void Dispose();
}

/// <summary>What a detector found in a batch of images, on the CPU.</summary>
/// <param name="Image">Place of each object's image in the batch, M of int64.</param>
/// <param name="Boxes">x0 y0 x1 y1 in pixels of the images as they were given, M×4.</param>
/// <param name="Scores">0…1, M.</param>
/// <param name="Classes">From 0, in the detector's own order, M of int64.</param>
internal sealed record FoundObjects(Tensor Image, Tensor Boxes, Tensor Scores, Tensor Classes);
