using System.Text;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Files of annotations, which are small; a larger one is something else.</summary>
internal static class AnnotationFile
{
    /// <summary>The most that the annotations of one image, or a list of names, may take.</summary>
    public const long MostBytesOfOne = 16 << 20;

    public static byte[] Bytes(string file, long most)
    {
        var length = new FileInfo(file).Length;
        return length <= most
            ? File.ReadAllBytes(file)
            : throw new InvalidDataException($"'{file}' has {length} bytes; annotations of at most {most} are read.");
    }

    /// <summary>Lines without what blanks end them.</summary>
    public static string[] Lines(string file)
    {
        using var text = new StreamReader(new MemoryStream(Bytes(file, MostBytesOfOne), writable: false), Encoding.UTF8);
        return Array.ConvertAll(text.ReadToEnd().Split('\n'), line => line.TrimEnd());
    }
}
