namespace Microsoft.ML.Distillation.Reports;

/// <summary>A piece of HTML. Text becomes one only by way of <see cref="HtmlHandler"/>, which escapes all that is put into it: names of classes and files are anybody's.</summary>
internal readonly record struct Html(string Markup)
{
    public static Html None { get; } = new("");

    public static Html Of(HtmlHandler text) => new(text.ToMarkup());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.Markup)));
}
