namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>What the README shows is what compiles.</summary>
public class ReadmeTests
{
    [Fact]
    public void ItsExampleIsThePipelineSample()
    {
        var root = Root();
        var sample = Between(File.ReadAllText(Path.Combine(root, "src", "Samples", "Pipeline", "Program.cs")), "// <readme>\n", "// </readme>");
        var readme = Between(File.ReadAllText(Path.Combine(root, "README.md")), "```csharp\n", "```");
        Assert.True(sample.Split('\n').Length > 15, "the sample's region is empty or cut short");
        Assert.Equal(sample, readme);
    }

    private static string Between(string text, string start, string end)
    {
        text = text.ReplaceLineEndings("\n");
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)].Trim();
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Distillation.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Distillation.sln above the tests");
        return folder;
    }
}
