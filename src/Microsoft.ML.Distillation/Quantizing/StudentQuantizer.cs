using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>Quantises a fitted classifier with images that are prepared as for training, and measures what that does to it.</summary>
/// <param name="labelColumn">Null for a student that learned without labels.</param>
/// <param name="bad">What to do with bad rows, as in the run.</param>
internal sealed class StudentQuantizer(MLContext ml, ImagePreparation preparation, string? labelColumn, IReadOnlyList<string> classNames, long memoryBudget, Func<RowLog> bad)
{
    /// <param name="trained">What the run trained in 8 bits; null for nothing.</param>
    public (byte[] Model, QuantizationReport Report) Quantize(byte[] onnx, Quantization quantization, TrainedQuantization? trained)
    {
        var known = quantization.Kind == QuantizationReport.Int8TrainedKind ? TrainedQuantization.Of(trained) : null;
        var (model, images) = known is null ? Quantize(OnnxModelFile.FromBytes(onnx, "student"), quantization) : (known.Model, known.Images);
        var report = known?.Report(onnx, preparation.Size) ?? model.Report(quantization.Kind, onnx, preparation.Size, images);
        if (quantization.EvaluationData is not { } data)
            return (model.Onnx, report);
        var label = labelColumn is null ? null : LabelColumn.Find(data.Schema, labelColumn).InOrderOf(classNames);
        using var store = Read(data, label, "evaluation");
        return (model.Onnx, Measured(report, onnx, model.Onnx, store));
    }

    /// <summary>The report of what a run trained in 8 bits.</summary>
    /// <param name="heldOut">Images to measure on; null for none.</param>
    public QuantizationReport Report(byte[] onnx, TrainedQuantization trained, PixelStore? heldOut)
    {
        var report = trained.Report(onnx, preparation.Size);
        return heldOut is null ? report : Measured(report, onnx, trained.Model.Onnx, heldOut);
    }

    private (QuantizedModel Model, int? Images) Quantize(OnnxModelFile file, Quantization quantization)
    {
        if (quantization.Options is not { } options)
            return (QuantizedModel.Float16(file), null);
        using var store = Read(new SpreadRows(quantization.CalibrationData!, options.CalibrationImages), null, "calibration");
        return (QuantizedModel.Int8(file, options, ImageBatches.Of(store), ThreadLimit.Default), store.Count);
    }

    private PixelStore Read(IDataView data, LabelColumn? label, string role)
    {
        var store = new PixelStore(preparation.Size, memoryBudget, PixelStore.TemporaryFolder(ml));
        try
        {
            return ImageReader.Read(data, preparation, label, store, role, null, CancellationToken.None, bad());
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static QuantizationReport Measured(QuantizationReport report, byte[] before, byte[] after, PixelStore store)
    {
        var images = ImageBatches.Of(store);
        var (old, now) = (Predict(before, images), Predict(after, images));
        return report with
        {
            EvaluationImages = store.Count,
            FloatAccuracy = store.HasLabels ? Share(old, store.Labels) : null,
            Accuracy = store.HasLabels ? Share(now, store.Labels) : null,
            Agreement = Share(now, old),
        };
    }

    private static List<int> Predict(byte[] model, ImageBatches images)
    {
        using var runner = new OnnxRunner(model, "student", ThreadLimit.Default);
        var predicted = new List<int>(images.Count);
        foreach (var (pixels, shape) in images.All())
        {
            var logits = runner.Run(pixels, shape, ["logits"])[0].Floats;
            predicted.AddRange(logits.Chunk(logits.Length / (int)shape[0]).Select(row => Array.IndexOf(row, row.Max())));
        }
        return predicted;
    }

    private static double Share(IReadOnlyList<int> predicted, IReadOnlyList<int> wanted) => predicted.Zip(wanted).Count(p => p.First == p.Second) / (double)predicted.Count;
}
