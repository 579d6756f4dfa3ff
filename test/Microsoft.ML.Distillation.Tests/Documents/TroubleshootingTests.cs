using System.Text.RegularExpressions;

namespace Microsoft.ML.Distillation.Tests.Documents;

/// <summary>The messages that docs/troubleshooting.md quotes are those of the code; … stands for what differs from case to case.</summary>
public partial class TroubleshootingTests
{
    private static readonly string Code = string.Join('\n', DocumentFiles.Sources("src")).Replace("\\\"", "\"");

    public static TheoryData<string> Messages => [.. Quoted().Matches(DocumentFiles.Read("docs/troubleshooting.md")).Select(m => m.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void AMessageQuotedIsAMessageOfTheCode(string message)
    {
        var parts = message.Split('…').Select(p => p.Trim()).Where(p => p.Any(char.IsLetter)).ToList();
        Assert.True(parts.Sum(p => p.Length) > 15, $"'{message}' says too little to be told from others.");
        Assert.All(parts, part => Assert.True(Code.Contains(part, StringComparison.Ordinal), $"No message in src has '{part}'."));
    }

    [Fact]
    public void ThereAreMessages() => Assert.True(Messages.Count > 15);

    [GeneratedRegex("^### `(.*)`$", RegexOptions.Multiline)]
    private static partial Regex Quoted();
}
