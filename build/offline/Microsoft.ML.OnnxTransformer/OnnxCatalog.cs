using System.Collections.Generic;
using System.IO;
using Microsoft.ML.Transforms.Onnx;

namespace Microsoft.ML;

/// <summary>The doors: every way of saying which ONNX model <c>ml.Transforms</c> is to apply to which columns.</summary>
public static class OnnxCatalog
{
    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, OnnxOptions options)
    {
        Check.NotNull(options, nameof(options));
        return new(catalog.Environment, OnnxModelSettings.From(catalog.Environment, options),
            OnnxModelSettings.ReadFile(options.ModelFile), options.ModelFile);
    }

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string modelFile,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, [], [], modelFile, OnnxModelSettings.ReadFile(modelFile), null, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, Stream modelBytes,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, [], [], null, OnnxModelSettings.ReadStream(modelBytes), null, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string modelFile, IDictionary<string, int[]> shapeDictionary,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, [], [], modelFile, OnnxModelSettings.ReadFile(modelFile), shapeDictionary, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, Stream modelBytes, IDictionary<string, int[]> shapeDictionary,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, [], [], null, OnnxModelSettings.ReadStream(modelBytes), shapeDictionary, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string outputColumnName, string inputColumnName, string modelFile,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, [outputColumnName], [inputColumnName], modelFile, OnnxModelSettings.ReadFile(modelFile), null, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string outputColumnName, string inputColumnName, Stream modelBytes,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, [outputColumnName], [inputColumnName], null, OnnxModelSettings.ReadStream(modelBytes), null, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string outputColumnName, string inputColumnName, string modelFile,
        IDictionary<string, int[]> shapeDictionary, int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, [outputColumnName], [inputColumnName], modelFile, OnnxModelSettings.ReadFile(modelFile), shapeDictionary, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string outputColumnName, string inputColumnName, Stream modelBytes,
        IDictionary<string, int[]> shapeDictionary, int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, [outputColumnName], [inputColumnName], null, OnnxModelSettings.ReadStream(modelBytes), shapeDictionary, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, string modelFile,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, outputColumnNames, inputColumnNames, modelFile, OnnxModelSettings.ReadFile(modelFile), null, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, Stream modelBytes,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, outputColumnNames, inputColumnNames, null, OnnxModelSettings.ReadStream(modelBytes), null, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, string modelFile,
        IDictionary<string, int[]> shapeDictionary, int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, outputColumnNames, inputColumnNames, modelFile, OnnxModelSettings.ReadFile(modelFile), shapeDictionary, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, Stream modelBytes,
        IDictionary<string, int[]> shapeDictionary, int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        Apply(catalog, outputColumnNames, inputColumnNames, null, OnnxModelSettings.ReadStream(modelBytes), shapeDictionary, gpuDeviceId, fallbackToCpu);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, string modelFile,
        IDictionary<string, int[]> shapeDictionary, int? gpuDeviceId = null, bool fallbackToCpu = false, int recursionLimit = 100) =>
        Apply(catalog, outputColumnNames, inputColumnNames, modelFile, OnnxModelSettings.ReadFile(modelFile), shapeDictionary, gpuDeviceId, fallbackToCpu, recursionLimit);

    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, Stream modelBytes,
        IDictionary<string, int[]> shapeDictionary, int? gpuDeviceId = null, bool fallbackToCpu = false, int recursionLimit = 100) =>
        Apply(catalog, outputColumnNames, inputColumnNames, null, OnnxModelSettings.ReadStream(modelBytes), shapeDictionary, gpuDeviceId, fallbackToCpu, recursionLimit);

    private static OnnxScoringEstimator Apply(TransformsCatalog catalog, string[] outputs, string[] inputs, string path, byte[] model,
        IDictionary<string, int[]> shapes, int? gpuDeviceId, bool fallbackToCpu, int recursionLimit = 100)
    {
        var options = new OnnxOptions
        {
            OutputColumns = outputs,
            InputColumns = inputs,
            ShapeDictionary = shapes,
            GpuDeviceId = gpuDeviceId,
            FallbackToCpu = fallbackToCpu,
            RecursionLimit = recursionLimit,
        };
        return new(catalog.Environment, OnnxModelSettings.From(catalog.Environment, options), model, path);
    }
}
