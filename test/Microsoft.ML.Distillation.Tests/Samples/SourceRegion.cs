using System.Text.RegularExpressions;

namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>A piece of a sample that documents show: what stands between <c>// &lt;name&gt;</c> and <c>// &lt;/name&gt;</c>.</summary>
/// <param name="Text">Without the indentation that all its lines have.</param>
internal sealed partial record SourceRegion(string File, string Name, string Text)
{
    /// <summary>All of the samples'.</summary>
    public static IReadOnlyList<SourceRegion> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src", "Samples"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .SelectMany(path => In(Path.GetRelativePath(Checkout.Root, path), System.IO.File.ReadAllText(path))),
    ];

    public static IEnumerable<SourceRegion> In(string file, string source)
    {
        var text = source.ReplaceLineEndings("\n");
        foreach (Match opening in Opening().Matches(text))
        {
            var name = opening.Groups["name"].Value;
            var closing = Regex.Match(text[opening.Index..], $@"^[ ]*// </{Regex.Escape(name)}>[ ]*$", RegexOptions.Multiline);
            Assert.True(closing.Success, $"{file}: region '{name}' has no end.");
            yield return new(file, name, Outdented(text[(opening.Index + opening.Length + 1)..(opening.Index + closing.Index)]));
        }
    }

    private static string Outdented(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        var indentation = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart(' ').Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indentation..]));
    }

    [GeneratedRegex(@"^[ ]*// <(?<name>[a-z][a-z0-9-]*)>[ ]*$", RegexOptions.Multiline)]
    private static partial Regex Opening();
}
