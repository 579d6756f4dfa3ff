using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>Quantises a fitted classifier with images that are prepared as for training, and measures what that does to it.</summary>
/// <param name="labelColumn">Null for a student that learned without labels.</param>
internal sealed class StudentQuantizer(MLContext ml, ImagePreparation preparation, string? labelColumn, IReadOnlyList<string> classNames, long memoryBudget)
{
    public (byte[] Model, QuantizationReport Report) Quantize(byte[] onnx, Quantization quantization)
    {
        var file = OnnxModelFile.FromBytes(onnx, "student");
        var (model, images) = Quantize(file, quantization);
        var report = new QuantizationReport
        {
            Kind = quantization.Options is null ? "float16" : "int8",
            Settings = model.Settings,
            Layers = model.Layers,
            QuantizedLayers = model.QuantizedLayers,
            CalibrationImages = images,
            ModelBytes = model.Onnx.LongLength,
            FloatModelBytes = onnx.LongLength,
            LatencyMs = Latency.OfModel(model.Onnx, preparation.Size, ThreadLimit.Default),
            FloatLatencyMs = Latency.OfModel(onnx, preparation.Size, ThreadLimit.Default),
        };
        return (model.Onnx, quantization.EvaluationData is { } data ? Measured(report, onnx, model.Onnx, data) : report);
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
            return ImageReader.Read(data, preparation, label, store, role, null, CancellationToken.None);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private QuantizationReport Measured(QuantizationReport report, byte[] before, byte[] after, IDataView data)
    {
        var label = labelColumn is null ? null : LabelColumn.Find(data.Schema, labelColumn).InOrderOf(classNames);
        using var store = Read(data, label, "evaluation");
        var images = ImageBatches.Of(store);
        var (old, now) = (Predict(before, images), Predict(after, images));
        return report with
        {
            EvaluationImages = store.Count,
            FloatAccuracy = label is null ? null : Share(old, store.Labels),
            Accuracy = label is null ? null : Share(now, store.Labels),
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
