namespace Microsoft.ML.Distillation.Tests.Documents;

public class SnippetTests
{
    public static TheoryData<string> Documents => [.. DocumentFiles.All];

    [Theory]
    [MemberData(nameof(Documents))]
    public void CSharpIsCutFromCodeThatCompiles(string document)
    {
        var snippets = DocumentFiles.Snippets();

        var strange = DocumentFiles.CSharp(document).Where(block => !snippets.Contains(block));

        Assert.True(!strange.Any(), $"{document}: this is in no // <snippet> of src/Samples or of {nameof(Documents)}/Snippets:\n{strange.FirstOrDefault()}");
    }

    [Fact]
    public void EverySnippetIsShownSomewhere()
    {
        var shown = DocumentFiles.All.Append("README.md").SelectMany(DocumentFiles.CSharp).ToHashSet();
        Assert.True(shown.Count > 10, $"Only {shown.Count} blocks were found.");

        Assert.DoesNotContain(DocumentFiles.Snippets(), s => !shown.Contains(s));
    }
}
