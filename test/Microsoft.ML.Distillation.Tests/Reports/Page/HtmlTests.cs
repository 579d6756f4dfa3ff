using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation.Tests.Reports.Page;

public class HtmlTests
{
    [Fact]
    public void TextIsEscapedAndMarkupIsNot()
    {
        var inner = Html.Of($"<b>{"<i>"}</b>");

        Assert.Equal("<p title=\"&quot;&#39;&amp;\"><b>&lt;i&gt;</b> 7 0.25 1.5</p>", Html.Of($"<p title=\"{"\"'&"}\">{inner} {7} {.25} {1.5:0.0}</p>").Markup);
    }

    [Fact]
    public void NothingIsEmptyText() => Assert.Equal("<p></p>", Html.Of($"<p>{(string?)null}{Html.None}</p>").Markup);
}
