using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>Checks of a run that need no image: what is wrong is to be told in seconds, not after the images are decoded or the student is trained.</summary>
internal static class EarlyChecks
{
    /// <summary>Labels that no method finds fault with, for checks that come before the real ones are read.</summary>
    private static readonly int[] AnyLabels = [0, 1, 0, 1];

    /// <summary>Whether every method can be used with this student and teacher.</summary>
    /// <exception cref="ArgumentException">One can't; the message lists all reasons.</exception>
    public static void Methods(ImageClassificationDistillationOptions options, OutputShape student, OutputShape? teacher, long seed, Device device) => MethodLosses.Check(
        [.. options.Methods],
        new LossContext(student, teacher, options.LabelColumnName is null ? [] : AnyLabels, options.BatchSize, StepsPerEpoch: 1, options.Epochs, seed, device));

    /// <summary>Whether a batch can be had of images that a teacher wants larger than the student.</summary>
    /// <exception cref="ArgumentException">It would have too many bytes.</exception>
    public static void Batch(ImageClassificationDistillationOptions options, ImageSize stored)
    {
        if (DistillationOptions.BatchFault(options.BatchSize, stored, "the size that the teacher takes") is { } fault)
            throw new ArgumentException(fault, nameof(options));
    }

    /// <summary>Whether the student can be trained on in 8 bits, where it is to be.</summary>
    /// <exception cref="NotSupportedException">It has nothing that can be quantised.</exception>
    public static void Quantization(ImageClassificationDistillationOptions options, IReadOnlyList<string> classNames, ClassifierModule student, ImageSize stored)
    {
        if (options.QuantizationAware is not { } aware)
            return;
        var description = new StudentDescription(
            options.Student.Name, classNames, stored, options.ImageSize ?? options.Student.DefaultImageSize, ImageNormalization.ZeroToOne, options.Resizing.ToString());
        using var inEightBits = new QuantizedClassifier(student, description, aware, new ImageBatches(0, stored, (_, _) => []), threads: 1);
    }

    /// <summary>Puts the model together once, with the student as it is: columns that don't fit and packages that aren't there show now.</summary>
    public static void Chain(
        MLContext ml, ImageClassificationDistillationOptions options, IDataView data, ImagePreparation preparation, LabelColumn label, ClassifierModule student, SoftmaxLayer softmax)
    {
        // The normalisation that training images will call for changes nothing here.
        var description = new StudentDescription(
            options.Student.Name, label.ClassNames, preparation.Size, options.ImageSize ?? options.Student.DefaultImageSize, ImageNormalization.ZeroToOne, options.Resizing.ToString());
        var graph = StudentExporter.ForPipeline(student, description, ImagePreparation.PixelColumn, ClassifierChain.LogitsColumn, softmax.Scale);
        var chain = ClassifierChain.Build(ml, data, preparation, graph, softmax, options.ScoreColumnName, options.PredictedLabelColumnName);
        // The softmax layer goes on into the real model.
        OnnxLink.Dispose(chain.Where(step => step != softmax.Transformer));
    }
}
