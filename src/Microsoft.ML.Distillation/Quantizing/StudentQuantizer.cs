using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>Quantises a fitted classifier with images that are prepared as for training, and measures what that does to it.</summary>
/// <param name="labelColumn">Null for a student that learned without labels.</param>
internal sealed class StudentQuantizer(PreparedImages images, string? labelColumn, IReadOnlyList<string> classNames)
{
    /// <param name="trained">What the run trained in 8 bits; null for nothing.</param>
    public (byte[] Model, QuantizationReport Report) Quantize(byte[] onnx, Quantization quantization, TrainedQuantization? trained)
    {
        var known = quantization.Kind == QuantizationReport.Int8TrainedKind ? TrainedQuantization.Of(trained) : null;
        var (model, count) = known is null ? Quantize(OnnxModelFile.FromBytes(onnx, "student"), quantization) : (known.Model, known.Images);
        var report = known?.Report(onnx, images.Size) ?? model.Report(quantization.Kind, onnx, images.Size, count);
        if (quantization.EvaluationData is not { } data)
            return (model.Onnx, report);
        var label = labelColumn is null ? null : LabelColumn.Find(data.Schema, labelColumn).InOrderOf(classNames);
        using var store = images.Read(data, label, "evaluation");
        return (model.Onnx, Measured(report, onnx, model.Onnx, store));
    }

    /// <summary>The report of what a run trained in 8 bits.</summary>
    /// <param name="heldOut">Images to measure on; null for none.</param>
    public QuantizationReport Report(byte[] onnx, TrainedQuantization trained, PixelStore? heldOut)
    {
        var report = trained.Report(onnx, images.Size);
        return heldOut is null ? report : Measured(report, onnx, trained.Model.Onnx, heldOut);
    }

    private (QuantizedModel Model, int? Images) Quantize(OnnxModelFile file, Quantization quantization)
    {
        if (quantization.Options is not { } options)
            return (QuantizedModel.Float16(file), null);
        using var store = images.Read(new SpreadRows(quantization.CalibrationData!, options.CalibrationImages), null, "calibration");
        return (QuantizedModel.Int8(file, options, ImageBatches.Of(store), ThreadLimit.Default), store.Count);
    }

    private static QuantizationReport Measured(QuantizationReport report, byte[] before, byte[] after, PixelStore store)
    {
        var batches = ImageBatches.Of(store);
        var (old, now) = (Predict(before, batches), Predict(after, batches));
        return report with
        {
            EvaluationImages = store.Count,
            FloatAccuracy = store.HasLabels ? Share(old, store.Labels) : null,
            Accuracy = store.HasLabels ? Share(now, store.Labels) : null,
            Agreement = Share(now, old),
        };
    }

    private static List<int> Predict(byte[] model, ImageBatches batches)
    {
        using var runner = new OnnxRunner(model, "student", ThreadLimit.Default);
        var predicted = new List<int>(batches.Count);
        foreach (var (pixels, shape) in batches.All())
        {
            var logits = runner.Run(pixels, shape, ["logits"])[0].Floats;
            predicted.AddRange(logits.Chunk(logits.Length / (int)shape[0]).Select(row => Array.IndexOf(row, row.Max())));
        }
        return predicted;
    }

    private static double Share(IReadOnlyList<int> predicted, IReadOnlyList<int> wanted) => predicted.Zip(wanted).Count(p => p.First == p.Second) / (double)predicted.Count;
}
