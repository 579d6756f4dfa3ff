namespace Microsoft.ML.Distillation.Tests.Runtime.Annotations;

/// <summary>What the tests of annotation formats share.</summary>
internal static class AnnotationFiles
{
    public static string Write(this TemporaryFolder folder, string name, string text) => folder.Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public static string Write(this TemporaryFolder folder, string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllBytes(folder[name], bytes);
        return folder[name];
    }

    /// <summary>The rows, with paths from the folder.</summary>
    public static AnnotatedImage[] Rows(this TemporaryFolder folder, MLContext ml, IDataView data)
    {
        var rows = ml.Data.CreateEnumerable<AnnotatedImage>(data, reuseRowObject: false).ToArray();
        Array.ForEach(rows, row => row.ImagePath = Path.GetRelativePath(folder.Path, row.ImagePath).Replace('\\', '/'));
        return rows;
    }

    /// <summary>What a malformed file is refused with; paths from the folder.</summary>
    public static string Refusal(this TemporaryFolder folder, Func<object> load) =>
        Assert.Throws<InvalidDataException>(load).Message.Replace(folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    /// <summary>A row on one line: path, size, and each object's class, box and area.</summary>
    public static string Text(this AnnotatedImage row) =>
        $"{row.ImagePath} {row.Width}x{row.Height}" + string.Concat(row.Label.Select((label, i) =>
            FormattableString.Invariant($" | {label} {row.BoundingBoxes[4 * i]} {row.BoundingBoxes[4 * i + 1]} {row.BoundingBoxes[4 * i + 2]} {row.BoundingBoxes[4 * i + 3]} area {row.Area[i]}{(row.IsCrowd[i] ? " crowd" : "")}")));

    /// <summary>The beginning of a PNG file, up to its size.</summary>
    public static byte[] Png(int width, int height)
    {
        byte[] header = [0x49, 0x48, 0x44, 0x52, 0, 0, (byte)(width >> 8), (byte)width, 0, 0, (byte)(height >> 8), (byte)height, 8, 2, 0, 0, 0];
        var checksum = Crc(header);
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. header, (byte)(checksum >> 24), (byte)(checksum >> 16), (byte)(checksum >> 8), (byte)checksum];
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320 ^ (crc >> 1);
        }
        return ~crc;
    }
}
