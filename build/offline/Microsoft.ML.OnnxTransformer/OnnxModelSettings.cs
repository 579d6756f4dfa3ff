using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>A copy of what the caller asked for, checked.</summary>
internal sealed record OnnxModelSettings(
    string[] Outputs, string[] Inputs, IReadOnlyDictionary<string, int[]> Shapes,
    int? GpuDeviceId, bool FallbackToCpu, int RecursionLimit, int? InterOpThreads, int? IntraOpThreads)
{
    internal static OnnxModelSettings From(IHostEnvironment env, OnnxOptions options)
    {
        var (gpu, fallback) = Device(env, options.GpuDeviceId, options.FallbackToCpu);
        return new(
            Names(options.OutputColumns, nameof(options.OutputColumns)), Names(options.InputColumns, nameof(options.InputColumns)),
            options.ShapeDictionary?.ToDictionary(s => s.Key, s => s.Value.ToArray()) ?? [],
            gpu, fallback, options.RecursionLimit, options.InterOpNumThreads, options.IntraOpNumThreads);
    }

    internal static OnnxModelSettings Load(ModelLoadContext ctx)
    {
        var reader = ctx.Reader;
        string[] outputs = ReadNames(reader), inputs = ReadNames(reader);
        var shapes = new Dictionary<string, int[]>();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            string name = reader.ReadString();
            shapes[name] = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt32())];
        }
        // The device is the loading application's choice, not the saving one's.
        var (gpu, fallback) = Device(ctx.Environment, null, false);
        return new(outputs, inputs, shapes, gpu, fallback, reader.ReadInt32(), null, null);
    }

    internal void Save(BinaryWriter writer)
    {
        WriteNames(writer, Outputs);
        WriteNames(writer, Inputs);
        writer.Write(Shapes.Count);
        foreach (var (name, shape) in Shapes)
        {
            writer.Write(name);
            writer.Write(shape.Length);
            foreach (int dimension in shape)
                writer.Write(dimension);
        }
        writer.Write(RecursionLimit);
    }

    internal static byte[] ReadFile(string path)
    {
        Check.That(!string.IsNullOrWhiteSpace(path), "modelFile", "The path of the ONNX model file is empty");
        return File.Exists(path) ? File.ReadAllBytes(path) : throw new IOException($"Model file {path} does not exist.");
    }

    internal static byte[] ReadStream(Stream stream)
    {
        Check.NotNull(stream, "modelBytes").Seek(0, SeekOrigin.Begin);
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static (int? Gpu, bool Fallback) Device(IHostEnvironment env, int? gpuDeviceId, bool fallbackToCpu) =>
        gpuDeviceId == null && env is MLContext { GpuDeviceId: { } id } context ? (id, context.FallbackToCpu) : (gpuDeviceId, fallbackToCpu);

    private static string[] Names(string[] names, string what)
    {
        foreach (string name in Check.NotNull(names, what))
            Check.That(!string.IsNullOrWhiteSpace(name), what, $"{what} holds an empty name");
        return [.. names];
    }

    private static string[] ReadNames(BinaryReader reader) => [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString())];

    private static void WriteNames(BinaryWriter writer, string[] names)
    {
        writer.Write(names.Length);
        foreach (string name in names)
            writer.Write(name);
    }
}
