using System.Globalization;
using Google.Protobuf;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>
/// Brings tensors that lie in files beside the model into it, so that the model is one piece from then on. A model is data from elsewhere:
/// it may name files beneath its own folder and no others.
/// </summary>
internal sealed class OnnxExternalData(string source, string? folder)
{
    private long _total;

    public void Embed(ModelProto model)
    {
        foreach (var tensor in OnnxModelTensors.All(model))
        {
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
                Embed(tensor);
        }
    }

    private void Embed(TensorProto tensor)
    {
        var keys = tensor.ExternalData.GroupBy(e => e.Key).ToDictionary(g => g.Key, g => g.Last().Value);
        var path = PathBeneathFolder(tensor, keys.GetValueOrDefault("location", ""));
        var available = new FileInfo(path).Length;
        var offset = Number(tensor, keys, "offset") ?? 0;
        var length = Number(tensor, keys, "length") ?? available - offset;
        CheckRange(tensor, path, offset, length, available);
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(Read(path, offset, length));
        tensor.ExternalData.Clear();
        tensor.ClearDataLocation();
    }

    private static byte[] Read(string path, long offset, long length)
    {
        // What has no length may be a pipe, and opening one waits for its other end.
        if (length == 0)
            return [];
        using var file = File.OpenRead(path);
        var bytes = new byte[length];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private void CheckRange(TensorProto tensor, string path, long offset, long length, long available)
    {
        if (offset > available || length > available - offset)
        {
            throw Fault(
                tensor,
                $"should lie at bytes {offset} to {offset + (decimal)length} of '{path}', which has {available}",
                "The file was cut short or isn't the one the model was saved with: fetch it again.");
        }
        var type = (OnnxElementType)tensor.DataType;
        var needed = (Int128?)tensor.ElementCount() * type.SizeInBytes();
        if (type.SizeInBytes() > 0 && needed != length)
        {
            var shape = OnnxValue.ShapeText(tensor.Dims.ToArray());
            var expected = needed is null ? $"{shape} of {type} is more than any file holds" : $"expected {needed} for {shape} of {type}";
            throw Fault(tensor, $"has {length} bytes in '{path}'; {expected}", "Export the model anew.");
        }
        _total += length;
        if (_total > OnnxModelFile.MaximumBytes)
        {
            throw Fault(
                tensor,
                $"brings the model to more than {OnnxModelFile.MaximumBytes} bytes",
                "Models above 2 GB aren't supported: use a smaller one, or one stored in float16.");
        }
    }

    private string PathBeneathFolder(TensorProto tensor, string location)
    {
        if (folder is null)
        {
            throw Fault(
                tensor,
                $"lies in another file ('{location}'), and the model was given as bytes",
                "Load the model from its path, or save it as one file.");
        }
        if (location.Length == 0)
            throw Fault(tensor, "lies in another file, but the model doesn't say which", "Export the model anew.");
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        // Path refuses a zero character without saying whose it is.
        var path = Path.GetFullPath(Path.Combine(root, location.Replace('\0', '?')));
        if (Path.IsPathRooted(location) || !path.StartsWith(root, StringComparison.Ordinal))
        {
            throw Fault(
                tensor,
                $"names the file '{location}', which is not beneath the model's folder '{root}'",
                "Files elsewhere are never read: move it there and save the model again.");
        }
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"{source}: tensor '{tensor.Name}' lies in '{path}', which doesn't exist. Put the model's data file there.", path);
        }
        RefuseLinksOutside(tensor, root, path);
        return path;
    }

    /// <summary>A link on the way could lead out of the folder as well as ".." could.</summary>
    private void RefuseLinksOutside(TensorProto tensor, string root, string path)
    {
        for (var part = path; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            FileSystemInfo info = Directory.Exists(part) ? new DirectoryInfo(part) : new FileInfo(part);
            var target = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            if (target is not null && !target.StartsWith(root, StringComparison.Ordinal))
            {
                throw Fault(
                    tensor,
                    $"names '{part}', a link to '{target}' outside the model's folder '{root}'",
                    "Files elsewhere are never read: copy the file itself into the folder.");
            }
        }
    }

    private long? Number(TensorProto tensor, Dictionary<string, string> keys, string key)
    {
        if (!keys.TryGetValue(key, out var text))
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        throw Fault(tensor, $"gives '{text}' as the {key} of its data; expected a whole number of bytes", "Export the model anew.");
    }

    private InvalidDataException Fault(TensorProto tensor, string what, string remedy) =>
        new($"{source}: tensor '{tensor.Name}' {what}. {remedy}");
}
