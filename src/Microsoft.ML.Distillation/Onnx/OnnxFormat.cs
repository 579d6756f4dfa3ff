using System.IO.Compression;
using System.Text;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>Says what bytes that aren't an ONNX model look like instead: most such files are the right download gone wrong.</summary>
internal static class OnnxFormat
{
    private const int TextShown = 24;

    /// <summary>A phrase with its article ("an HTML page") and what to do about it; null when the bytes look like nothing known.</summary>
    public static (string What, string Remedy)? Recognise(byte[] bytes)
    {
        if (At(bytes, 0, "PK\x03\x04"u8))
            return RecogniseZip(bytes);
        if (bytes.Length >= 2 && bytes[0] == 0x80 && bytes[1] is >= 2 and <= 5)
            return ("a Python pickle, as old PyTorch .pt files are", "Export the model with torch.onnx.export.");
        if (At(bytes, 4, "TFL3"u8))
            return ("a TensorFlow Lite model", "Convert it with tf2onnx.");
        if (At(bytes, 4, "ORTM"u8))
            return ("a model in ONNX Runtime's own .ort format", "Use the .onnx file that it was made from.");
        if (At(bytes, 0, [0x89, .. "HDF"u8]))
            return ("an HDF5 file, as Keras .h5 models are", "Convert the model with tf2onnx.");
        if (bytes.Length > 9 && bytes[8] == '{' && BitConverter.ToUInt64(bytes, 0) < 100_000_000)
            return ("a safetensors file, which holds weights without a graph", "Export the model that loads it with torch.onnx.export.");
        if (At(bytes, 0, [0x1F, 0x8B]))
            return ("a gzip archive", "Unpack it and give the .onnx file inside.");
        if (At(bytes, 0, [0x89, .. "PNG"u8]) || At(bytes, 0, [0xFF, 0xD8, 0xFF]))
            return ("an image", "Give the model's own path.");
        return RecogniseText(bytes);
    }

    /// <summary>The first bytes, for a message about a file that looks like nothing known.</summary>
    public static string FirstBytes(byte[] bytes) => Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length)));

    private static (string, string)? RecogniseZip(byte[] bytes)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
            if (zip.Entries.Any(e => e.FullName.EndsWith("data.pkl", StringComparison.Ordinal)))
                return ("a PyTorch .pt file", "Export the model with torch.onnx.export.");
            if (zip.Entries.FirstOrDefault(e => e.FullName.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) is { } entry)
                return ("a zip archive", $"Unpack it and give '{entry.FullName}' inside.");
        }
        catch (InvalidDataException)
        {
            return ("a damaged zip archive", "Fetch it again, unpack it and give the .onnx file inside.");
        }
        return ("a zip archive", "Give the .onnx file; an ML.NET model's .zip is loaded with MLContext.Model.Load.");
    }

    private static (string, string)? RecogniseText(byte[] bytes)
    {
        var head = Encoding.UTF8.GetString(bytes, 0, Math.Min(bytes.Length, 512)).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (head.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            return ("a Git LFS pointer", "Run 'git lfs pull', or download the file itself.");
        string[] html = ["<!doctype html", "<html"];
        if (html.Any(start => head.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
            return ("an HTML page", "The download was answered by a web page: use the link of the raw file.");
        if (head.StartsWith('<'))
            return ("an XML document", "Give the .onnx file.");
        if (head.Length == 0 || head.Any(c => (char.IsControl(c) && !char.IsWhiteSpace(c)) || c == '\uFFFD'))
            return null;
        var words = head[..Math.Min(TextShown, head.Length)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return ($"text that begins \"{string.Join(' ', words)}\"", "Give the .onnx file.");
    }

    private static bool At(byte[] bytes, int offset, ReadOnlySpan<byte> magic) =>
        bytes.AsSpan(Math.Min(offset, bytes.Length)).StartsWith(magic);
}
