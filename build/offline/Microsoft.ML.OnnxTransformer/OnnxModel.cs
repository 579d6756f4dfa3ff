using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>A loaded model: its bytes, its session, and the columns it takes and gives.</summary>
internal sealed class OnnxModel : IDisposable
{
    internal OnnxModel(byte[] bytes, string path, OnnxModelSettings settings)
    {
        Bytes = bytes;
        var session = Open(bytes, path, settings);
        Session = new OnnxSession(session);
        try
        {
            var declared = OnnxSignature.Outputs(bytes);
            Inputs = [.. (settings.Inputs.Length > 0 ? settings.Inputs : session.InputMetadata.Keys).Select(name => Input(session, name, settings))];
            Outputs = [.. (settings.Outputs.Length > 0 ? settings.Outputs : session.OutputMetadata.Keys)
                .Select(name => Output(session, name, declared, settings))];
        }
        catch
        {
            Session.Dispose();
            throw;
        }
    }

    internal byte[] Bytes { get; }

    internal OnnxSession Session { get; }

    internal IReadOnlyList<OnnxInputInfo> Inputs { get; }

    internal IReadOnlyList<OnnxOutputInfo> Outputs { get; }

    public void Dispose() => Session.Dispose();

    private static InferenceSession Open(byte[] bytes, string path, OnnxModelSettings settings)
    {
        try
        {
            using var options = Options(settings);
            // By path where there is one: weights in a file of their own are found beside it.
            return path != null ? new InferenceSession(path, options) : new InferenceSession(bytes, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidOperationException($"Error initializing model :{e.Message}", e);
        }
    }

    private static SessionOptions Options(OnnxModelSettings settings)
    {
        var options = settings.GpuDeviceId is { } id ? Gpu(id, settings.FallbackToCpu) : new SessionOptions();
        options.InterOpNumThreads = settings.InterOpThreads ?? 0;
        options.IntraOpNumThreads = settings.IntraOpThreads ?? 0;
        return options;
    }

    private static SessionOptions Gpu(int id, bool fallbackToCpu)
    {
        try
        {
            return SessionOptions.MakeSessionOptionWithCudaProvider(id);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            if (fallbackToCpu)
                return new SessionOptions();
            throw new InvalidOperationException(
                $"Error initializing model: ONNX Runtime can't use GPU {id} here ({e.Message}). Pass gpuDeviceId: null, or fallbackToCpu: true.", e);
        }
    }

    private static OnnxInputInfo Input(InferenceSession session, string name, OnnxModelSettings settings)
    {
        if (!session.InputMetadata.TryGetValue(name, out var input) && !session.OverridableInitializerMetadata.TryGetValue(name, out input))
            throw Check.Param(nameof(name), $"Input tensor, {name}, does not exist in the ONNX model. Available input names are " +
                $"[{string.Join(",", session.InputMetadata.Keys)}]. Available initializers are [{string.Join(",", session.OverridableInitializerMetadata.Keys)}]");
        if (!input.IsTensor)
            throw new NotSupportedException($"ONNX input '{name}' is a sequence or map; this build of Microsoft.ML.OnnxTransformer takes tensors only.");
        int[] shape = Override(name, input.Dimensions, settings);
        // As with outputs: one row at a time.
        int[] adjusted = shape.Length == 0 ? [1] : [.. shape.Select((size, axis) => size > 0 ? size : axis == 0 && size < 0 ? 1 : 0)];
        if (adjusted.Count(size => size == 0) > 1)
            throw Check.Param(name, $"Only 1 unknown dimension is allowed; ONNX input '{name}' has the shape {string.Join(",", shape)}");
        return new(name, OnnxElementTypes.ToDataView((int)input.ElementDataType, name), adjusted);
    }

    private static OnnxOutputInfo Output(InferenceSession session, string name,
        Dictionary<string, OnnxDeclaration> declared, OnnxModelSettings settings)
    {
        if (!declared.TryGetValue(name, out var output))
            throw Check.Param(nameof(name), $"Output tensor, {name}, does not exist in the ONNX model. Available output names are [{string.Join(",", declared.Keys)}].");
        var type = OnnxElementTypes.ToColumn(output, name);
        if (settings.Shapes.ContainsKey(name) && type is VectorDataViewType vector)
        {
            int[] shape = Override(name, session.OutputMetadata[name].Dimensions, settings);
            type = shape.All(size => size > 0) ? new VectorDataViewType(vector.ItemType, shape) : new VectorDataViewType(vector.ItemType);
        }
        return new(name, type);
    }

    private static int[] Override(string name, int[] dimensions, OnnxModelSettings settings)
    {
        if (!settings.Shapes.TryGetValue(name, out int[] shape))
            return dimensions;
        if (shape.Length != dimensions.Length || shape.Zip(dimensions).Any(d => d.First != d.Second && d.First > 0 && d.Second > 0))
            throw Check.Param("shapeDictionary", $"The specified shape {string.Join(",", shape)} of '{name}' is not compatible with the shape " +
                $"{string.Join(",", dimensions)} loaded from the ONNX model file. Only an unknown dimension can be replaced.");
        return shape;
    }
}

/// <param name="Shape">0 for the one dimension that follows from the data.</param>
internal sealed record OnnxInputInfo(string Name, PrimitiveDataViewType ItemType, int[] Shape);

internal sealed record OnnxOutputInfo(string Name, DataViewType Type)
{
    private const string ExporterSuffix = ".output";

    /// <summary>What ML.NET's own exporter appends does not appear in the column's name.</summary>
    internal string ColumnName => Name.EndsWith(ExporterSuffix, StringComparison.Ordinal) ? Name.Replace(ExporterSuffix, "") : Name;
}
