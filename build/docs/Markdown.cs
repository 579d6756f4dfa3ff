using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Microsoft.ML.Distillation.Docs;

/// <summary>The markup of XML documentation as Markdown.</summary>
/// <param name="link">The address of a type's page, or null where it has none.</param>
internal sealed partial class Markdown(Func<string, string?> link)
{
    /// <summary>Paragraphs with an empty line between them.</summary>
    public string Block(XElement? documentation)
    {
        if (documentation is null)
            return "";
        var paragraphs = new List<StringBuilder> { new() };
        foreach (var node in documentation.Nodes())
        {
            if (node is XElement { Name.LocalName: "para" } para)
            {
                paragraphs.Add(new StringBuilder(Inline(para.Nodes())));
                paragraphs.Add(new());
            }
            else
            {
                paragraphs[^1].Append(Inline([node]));
            }
        }
        return string.Join("\n\n", paragraphs.Select(p => Space().Replace(p.ToString(), " ").Trim()).Where(p => p.Length > 0));
    }

    /// <summary>One line, as a table's cell takes it.</summary>
    public string Cell(XElement? documentation) => Block(documentation).Replace("\n\n", " ").Replace("|", "\\|");

    private string Inline(IEnumerable<XNode> nodes) => string.Concat(nodes.Select(node => node switch
    {
        XText text => Escaped(text.Value),
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" or "seealso" } see => Reference(see),
        XElement { Name.LocalName: "paramref" or "typeparamref" } parameter => $"`{parameter.Attribute("name")?.Value}`",
        XElement other => Inline(other.Nodes()),
        _ => "",
    }));

    private string Reference(XElement see)
    {
        if (see.Attribute("cref")?.Value is not { } reference)
            return see.Attribute("href") is { } address ? $"[{(see.Value.Length > 0 ? see.Value : address.Value)}]({address.Value})" : $"`{see.Attribute("langword")?.Value}`";
        var parts = reference[2..].Split('(')[0].Split('.');
        // A member is named with its type, a type by itself.
        var name = string.Join('.', reference[0] == 'T' ? parts[^1..] : parts[^2..]).Split('`')[0];
        var page = link(reference[0] == 'T' ? reference[2..] : string.Join('.', parts[..^1]));
        return page is null ? $"`{name}`" : $"[`{name}`]({page})";
    }

    /// <summary>What Markdown would take for its own: emphasis between underscores or asterisks, and tags.</summary>
    private static string Escaped(string text) => Special().Replace(text, @"\$0");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"(?<!https?://\S*)[*_<]")]
    private static partial Regex Special();
}
