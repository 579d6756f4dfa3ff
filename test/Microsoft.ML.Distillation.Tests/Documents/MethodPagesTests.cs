using Microsoft.ML.Distillation.Docs;
using Microsoft.ML.Distillation.Tests.Packaging;

namespace Microsoft.ML.Distillation.Tests.Documents;

public class MethodPagesTests
{
    private static readonly IReadOnlyDictionary<string, string> Pages = MethodPages.Write();

    public static TheoryData<string> Names => [.. Pages.Keys.Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void ThePageIsWhatTheCodesDocumentationSays(string name)
    {
        var path = Path.Combine("docs", "methods", name);
        Assert.True(File.Exists(Path.Combine(DotNet.Root, path)), $"{path} is missing: run build/docs.sh.");
        Assert.True(Pages[name] == DocumentFiles.Read(path), $"{path} is not what the code's documentation gives now: run build/docs.sh.");
    }

    [Fact]
    public void ThereAreNoOtherPages() =>
        Assert.Equal(Pages.Keys.Order(), Directory.EnumerateFiles(Path.Combine(DotNet.Root, "docs", "methods")).Select(f => Path.GetFileName(f)).Order());

    [Fact]
    public void APageHasTheMethodsSummaryItsOptionsAndItsPaper()
    {
        var page = Pages["KnowledgeDistillation.md"];
        Assert.Contains("For image classification. Learns from the teacher's logits.\n\nKnowledge distillation from a teacher's softened outputs: `(1 − α)·CE(z_s, y)", page, StringComparison.Ordinal);
        Assert.Contains("| `Temperature` | `double` | Above 0; default 4. | T: how far both outputs are softened.", page, StringComparison.Ordinal);
        Assert.Contains("https://arxiv.org/abs/1503.02531", page, StringComparison.Ordinal);
        Assert.Contains("\n### FocalGlobalWeights\n", Pages["FocalGlobalDistillation.md"], StringComparison.Ordinal);
        Assert.Contains("\n### AttentionForm\n\n", Pages["AttentionTransfer.md"], StringComparison.Ordinal);
        Assert.Contains("| `Pairs` | `IReadOnlyList<StagePair>?` |", Pages["AttentionTransfer.md"], StringComparison.Ordinal);
    }

    [Fact]
    public void TheListHasEveryMethodOnce()
    {
        var list = Pages["README.md"];
        foreach (var name in Pages.Keys.Where(n => n != "README.md"))
            Assert.Equal(2, list.Split($"({name})").Length);
        Assert.True(Pages.Count > 20);
    }
}
