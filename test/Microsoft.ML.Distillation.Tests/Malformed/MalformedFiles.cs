namespace Microsoft.ML.Distillation.Tests.Malformed;

/// <summary>The files that test/malformed/make_malformed.py made.</summary>
internal static class MalformedFiles
{
    public static string Folder(string kind) => Path.Combine(AppContext.BaseDirectory, "malformed", kind);

    public static string PathOf(string kind, string name) => Path.Combine(Folder(kind), name);

    public static byte[] Bytes(string kind, string name) => File.ReadAllBytes(PathOf(kind, name));

    /// <summary>All of a kind, in order.</summary>
    public static string[] Names(string kind) => [.. Directory.EnumerateFiles(Folder(kind)).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];
}
