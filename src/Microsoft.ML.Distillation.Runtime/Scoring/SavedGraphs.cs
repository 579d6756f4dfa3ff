using System.Buffers.Binary;
using System.IO.Compression;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The ONNX graphs in a model that ML.NET saved: entries <c>OnnxModel</c> of its archive, their length in four bytes and then the bytes.</summary>
internal static class SavedGraphs
{
    private const string Entry = "OnnxModel";

    /// <exception cref="InvalidDataException">The file is no archive, or an entry is damaged.</exception>
    public static IReadOnlyList<byte[]> Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        // Which of them separates folders depends on where the archive was written.
        return [.. archive.Entries.Where(e => e.FullName.Split('/', '\\')[^1] == Entry).Select(e => Read(e, path))];
    }

    private static byte[] Read(ZipArchiveEntry entry, string path)
    {
        using var stream = entry.Open();
        var length = new byte[sizeof(int)];
        stream.ReadExactly(length);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(length) == bytes.Length
            ? bytes.ToArray()
            : throw new InvalidDataException($"'{path}' is damaged: '{entry.FullName}' says that it has {BinaryPrimitives.ReadInt32LittleEndian(length)} bytes and has {bytes.Length}. Save the model again.");
    }
}
