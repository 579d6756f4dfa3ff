using System.Text.RegularExpressions;
using Microsoft.ML.Distillation.Tests.Packaging;

namespace Microsoft.ML.Distillation.Tests.Documents;

/// <summary>What the repository has to read, and the code that its C# is cut from.</summary>
internal static partial class DocumentFiles
{
    /// <summary>Paths from the repository's folder. README's own example has a test beside the samples.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(DotNet.Root, "docs"), "*.md", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(DotNet.Root, f)).Order(StringComparer.Ordinal),
            "CONTRIBUTING.md", "src/Microsoft.ML.Distillation.Runtime/README.md"];

    public static string Read(string path) => File.ReadAllText(Path.Combine(DotNet.Root, path)).ReplaceLineEndings("\n");

    /// <summary>The C# blocks of a document.</summary>
    public static IEnumerable<string> CSharp(string path) => CSharpBlock().Matches(Read(path)).Select(m => m.Groups[1].Value.Trim('\n'));

    /// <summary>Every part of compiled code that is marked to be shown, without the indentation it has there.</summary>
    public static IReadOnlySet<string> Snippets() => Sources(Path.Combine("src", "Samples"), Path.Combine("test", "Microsoft.ML.Distillation.Tests", "Documents", "Snippets"))
        .SelectMany(s => Region().Matches(s).Select(m => Dedented(m.Groups[2].Value))).ToHashSet();

    /// <summary>The texts of all C# files in folders, without what was built.</summary>
    public static IEnumerable<string> Sources(params string[] folders) => folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(DotNet.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(f => !Path.GetRelativePath(DotNet.Root, f).Split(Path.DirectorySeparatorChar).Any(p => p is "obj" or "bin")).Select(f => File.ReadAllText(f).ReplaceLineEndings("\n"));

    private static string Dedented(string code)
    {
        var lines = code.Trim('\n').Split('\n');
        var indent = lines.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Trim().Length == 0 ? "" : l[indent..])).Trim('\n');
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("^ *// <(snippet|readme)>\n(.*?)^ *// </\\1>", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Region();
}
