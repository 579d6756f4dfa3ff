using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>Opening ONNX Runtime sessions and getting numbers out of their results.</summary>
internal static class OnnxSessions
{
    public static InferenceSession Open(byte[] model, string name, int threads)
    {
        try
        {
            // A library doesn't write to the console: what ONNX Runtime logs goes to standard error, and its errors arrive as exceptions.
            using var options = new SessionOptions
            {
                IntraOpNumThreads = threads,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            // Threads that spin while they wait would take the cores from libtorch, which works while ONNX Runtime rests.
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            return new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException(
                $"ONNX Runtime can't load {name}: {e.Message.TrimEnd()}"
                + " If it names an operator set or IR version that is too new, export the model for opset 17 or lower.",
                e);
        }
        catch (Exception e) when ((e is TypeInitializationException ? e.InnerException : e) is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new InvalidOperationException(
                $"{name} can't be run: ONNX Runtime's native library is missing or of another version."
                + " Reference the package Microsoft.ML.OnnxRuntime (or Microsoft.ML.OnnxRuntime.Gpu) 1.23.2 in the application.",
                e);
        }
    }

    public static OnnxTensor Copy(OrtValue value, string output, string model)
    {
        if (!value.IsTensor)
            throw new NotSupportedException($"{model}: output '{output}' is a {value.OnnxType}; expected a tensor. Name the outputs that are tensors.");
        var info = value.GetTensorTypeAndShape();
        return info.ElementDataType switch
        {
            TensorElementType.Float => new(output, info.Shape, value.GetTensorDataAsSpan<float>().ToArray()),
            TensorElementType.Double => new(output, info.Shape, Convert(value.GetTensorDataAsSpan<double>(), v => (float)v)),
            TensorElementType.Float16 => new(output, info.Shape, Convert(value.GetTensorDataAsSpan<Float16>(), v => (float)v)),
            TensorElementType.Int64 => new(output, info.Shape, value.GetTensorDataAsSpan<long>().ToArray()),
            TensorElementType.Int32 => new(output, info.Shape, Convert(value.GetTensorDataAsSpan<int>(), v => (long)v)),
            TensorElementType.Bool => new(output, info.Shape, Convert(value.GetTensorDataAsSpan<bool>(), v => v ? 1L : 0L)),
            var type => throw new NotSupportedException(
                $"{model}: output '{output}' holds {type}; expected Float, Double, Float16, Int64, Int32 or Bool. Add a Cast to the model, or name other outputs."),
        };
    }

    private static TTo[] Convert<TFrom, TTo>(ReadOnlySpan<TFrom> values, Func<TFrom, TTo> convert)
    {
        var converted = new TTo[values.Length];
        for (var i = 0; i < converted.Length; i++)
            converted[i] = convert(values[i]);
        return converted;
    }
}
