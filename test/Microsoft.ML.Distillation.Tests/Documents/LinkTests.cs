using System.Text.RegularExpressions;
using Microsoft.ML.Distillation.Tests.Packaging;

namespace Microsoft.ML.Distillation.Tests.Documents;

public partial class LinkTests
{
    public static TheoryData<string> Documents => [.. DocumentFiles.All];

    [Theory]
    [MemberData(nameof(Documents))]
    public void LinksLeadToFilesThatAreThere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(DotNet.Root, document))!;
        Assert.All(Link().Matches(DocumentFiles.Read(document)).Select(m => m.Groups[1].Value).Where(l => !l.Contains("://", StringComparison.Ordinal)),
            link => Assert.True(Path.Exists(Path.GetFullPath(Path.Combine(folder, link))), $"{document} links to {link}, which is not there."));
    }

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
