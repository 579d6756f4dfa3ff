using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>
/// The format of checkpoints: eight letters, the format's version (32 bits), the length of what is said first (32 bits) and of the whole file (64 bits), little-endian; then the
/// <see cref="Checkpoint"/> as JSON, its tensors' bytes one after another, and the SHA-256 of all that.
/// </summary>
internal static class CheckpointFile
{
    public const int Version = 1;
    private const int PreambleBytes = 24, BufferBytes = 1 << 20;
    private static readonly byte[] Letters = "MLDCKPNT"u8.ToArray();

    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <param name="tensors">Those of <see cref="Checkpoint.Tensors"/>, in that order.</param>
    public static void Write(Stream stream, Checkpoint checkpoint, IEnumerable<Tensor> tensors)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(checkpoint, Json);
        var preamble = new byte[PreambleBytes];
        Letters.CopyTo(preamble, 0);
        BinaryPrimitives.WriteInt32LittleEndian(preamble.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(preamble.AsSpan(12), header.Length);
        BinaryPrimitives.WriteInt64LittleEndian(preamble.AsSpan(16), PreambleBytes + header.Length + checkpoint.Tensors.Sum(t => t.Length) + SHA256.HashSizeInBytes);
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            hashed.Write(preamble);
            hashed.Write(header);
            foreach (var (entry, tensor) in checkpoint.Tensors.Zip(tensors))
                entry.Write(tensor, hashed);
        }
        stream.Write(hash.Hash);
    }

    /// <exception cref="InvalidDataException">The file is no checkpoint, of another version, cut off or damaged.</exception>
    public static Checkpoint Read(string path)
    {
        using var stream = Open(path);
        var headerLength = ReadPreamble(stream);
        Verify(stream);
        return ReadHeader(stream, headerLength);
    }

    /// <summary>The tensors by name, on the CPU; the caller disposes them.</summary>
    public static Dictionary<string, Tensor> ReadTensors(string path)
    {
        using var stream = Open(path);
        var checkpoint = ReadHeader(stream, ReadPreamble(stream));
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in checkpoint.Tensors)
            tensors.Add(entry.Name, entry.Read(stream));
        return tensors;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);

    private static int ReadPreamble(FileStream stream)
    {
        var preamble = new byte[PreambleBytes];
        if (stream.Length < PreambleBytes + SHA256.HashSizeInBytes)
            throw new InvalidDataException(FormattableString.Invariant($"it is cut off: it has {stream.Length} bytes, fewer than any checkpoint"));
        stream.ReadExactly(preamble);
        if (!preamble.AsSpan(0, Letters.Length).SequenceEqual(Letters))
            throw new InvalidDataException("it is no checkpoint");
        var version = BinaryPrimitives.ReadInt32LittleEndian(preamble.AsSpan(8));
        if (version != Version)
            throw new InvalidDataException(FormattableString.Invariant($"its format's version is {version}, and this library reads {Version}"));
        var length = BinaryPrimitives.ReadInt64LittleEndian(preamble.AsSpan(16));
        if (length != stream.Length)
            throw new InvalidDataException(FormattableString.Invariant($"it is cut off or has grown: it has {stream.Length} bytes and was written with {length}"));
        return BinaryPrimitives.ReadInt32LittleEndian(preamble.AsSpan(12));
    }

    private static void Verify(FileStream stream)
    {
        var contents = stream.Length - SHA256.HashSizeInBytes;
        stream.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        for (var left = contents; left > 0;)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
                throw new InvalidDataException("it can't be read to its end");
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        var written = new byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(written);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(written))
            throw new InvalidDataException("it is damaged: its checksum is not that of its contents");
    }

    private static Checkpoint ReadHeader(FileStream stream, int length)
    {
        var header = new byte[length];
        stream.Position = PreambleBytes;
        stream.ReadExactly(header);
        return JsonSerializer.Deserialize<Checkpoint>(header, Json) ?? throw new InvalidDataException("it is empty");
    }
}
