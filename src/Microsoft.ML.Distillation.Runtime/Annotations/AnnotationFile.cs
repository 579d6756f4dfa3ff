using System.Text;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Files of annotations, which are small; a larger one is something else.</summary>
internal static class AnnotationFile
{
    /// <summary>The most that the annotations of one image, or a list of names, may take.</summary>
    public const long MostBytesOfOne = 16 << 20;

    private const int CharactersShown = 100;

    /// <summary>A value as an error shows it, which may be anything and of any length.</summary>
    public static string Shown(string? value) => value is null ? ""
        : string.Concat(value.Take(CharactersShown).Select(c => char.IsControl(c) ? ' ' : c)) + (value.Length > CharactersShown ? "…" : "");

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
