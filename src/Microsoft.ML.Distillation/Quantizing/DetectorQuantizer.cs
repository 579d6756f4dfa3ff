using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Reports;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>Quantises a fitted detector with images that are prepared as for training, and measures what that does to it.</summary>
/// <param name="bad">What to do with bad rows, as in the run.</param>
/// <param name="dropsObjects">Whether bad objects are left out of their rows, as in the run.</param>
internal sealed class DetectorQuantizer(
    MLContext ml, DetectorPreparation preparation, string? labelColumn, string? boxColumn, IReadOnlyList<string> classNames, long memoryBudget, Func<RowLog> bad, bool dropsObjects)
{
    /// <param name="trained">What the run trained in 8 bits; null for nothing.</param>
    public (byte[] Model, QuantizationReport Report) Quantize(byte[] onnx, Quantization quantization, TrainedQuantization? trained)
    {
        if (quantization.Kind == QuantizationReport.Int8TrainedKind)
        {
            var known = TrainedQuantization.Of(trained);
            return (known.Model.Onnx, Measured(known.Report(onnx, preparation.Size), quantization.EvaluationData, onnx, known.Model.Onnx));
        }
        var (model, images) = Quantize(OnnxModelFile.FromBytes(onnx, "student"), quantization);
        return (model.Onnx, Measured(model.Report(quantization.Kind, onnx, preparation.Size, images), quantization.EvaluationData, onnx, model.Onnx));
    }

    /// <summary>The report of what a run trained in 8 bits.</summary>
    /// <param name="heldOut">Images to measure on; null for none.</param>
    public QuantizationReport Report(byte[] onnx, TrainedQuantization trained, DetectionData? heldOut)
    {
        var report = trained.Report(onnx, preparation.Size);
        return heldOut is null ? report : Measured(report, heldOut, onnx, trained.Model.Onnx);
    }

    private (QuantizedModel Model, int? Images) Quantize(OnnxModelFile file, Quantization quantization)
    {
        if (quantization.Options is not { } options)
            return (QuantizedModel.Float16(file), null);
        using var scenes = Read(new SpreadRows(quantization.CalibrationData!, options.CalibrationImages), null, "calibration");
        return (QuantizedModel.Int8(file, options, ImageBatches.Of(scenes.Pixels), ThreadLimit.Default), scenes.Count);
    }

    private ObjectColumns Columns(DataViewSchema schema)
    {
        if (labelColumn is null || boxColumn is null)
            throw new InvalidOperationException("There is evaluation data, but the student was trained without label columns, so that none can be measured by: leave EvaluationData out, or name ValidationLabelColumnName and ValidationBoundingBoxColumnName in the options of the training.");
        var columns = ObjectColumns.Find(schema, labelColumn, boxColumn);
        return columns.ClassNames.SequenceEqual(classNames)
            ? columns
            : throw new ArgumentException($"The evaluation data's label '{labelColumn}' has the classes {string.Join(", ", columns.ClassNames)}; the student knows {string.Join(", ", classNames)}. "
                + "Map both with the same fitted MapValueToKey.", nameof(schema));
    }

    /// <param name="columns">Null for the images alone.</param>
    private DetectionData Read(IDataView data, ObjectColumns? columns, string role)
    {
        var rows = bad();
        return PixelStore.Filled(preparation.Size, memoryBudget, PixelStore.TemporaryFolder(ml), store =>
            ObjectDetection.DetectionReader.Read(data, preparation, columns, store, role, null, CancellationToken.None, dropsObjects ? rows.DropObject : null, rows));
    }

    /// <param name="small">The model in smaller numbers.</param>
    private QuantizationReport Measured(QuantizationReport report, IDataView? data, byte[] onnx, byte[] small)
    {
        if (data is null)
            return report;
        using var scenes = Read(data, Columns(data.Schema), "evaluation");
        return Measured(report, scenes, onnx, small);
    }

    private QuantizationReport Measured(QuantizationReport report, DetectionData scenes, byte[] onnx, byte[] small)
    {
        var (old, now) = (Measure(onnx, scenes), Measure(small, scenes));
        return report with
        {
            EvaluationImages = scenes.Count,
            FloatMeanAveragePrecision50 = Json.Finite(old.MeanAveragePrecision50),
            MeanAveragePrecision50 = Json.Finite(now.MeanAveragePrecision50),
            FloatMeanAveragePrecision = Json.Finite(old.MeanAveragePrecision),
            MeanAveragePrecision = Json.Finite(now.MeanAveragePrecision),
        };
    }

    private DetectionMetrics Measure(byte[] model, DetectionData scenes)
    {
        using var runner = new OnnxRunner(DetectorGraph.ToMeasure(model), "student", ThreadLimit.Default);
        return new HeldOutScenes(scenes, classNames, Batch(scenes), CPU).Measure((pixels, _) => Found(runner, pixels), CancellationToken.None);
    }

    // Large images come fewer at a time, as in calibration.
    private static int Batch(DetectionData scenes) => ImageBatches.Of(scenes.Pixels).MostRows;

    private static DetectedObject[][] Found(OnnxRunner runner, Tensor pixels)
    {
        var results = runner.Run(TensorInitializers.ToArray(pixels), pixels.shape, ["boxes", "scores", "labels", "count"]);
        var (boxes, scores, labels, counts) = (results[0].Floats, results[1].Floats, results[2].Integers, results[3].Integers);
        var places = scores.Length / counts.Length;
        return [.. counts.Select((count, image) => Enumerable.Range(image * places, (int)count).Select(Box).ToArray())];

        DetectedObject Box(int k) => new(
            (int)labels[k], boxes[4 * k], boxes[4 * k + 1], boxes[4 * k + 2] - boxes[4 * k], boxes[4 * k + 3] - boxes[4 * k + 1], scores[k]);
    }
}
