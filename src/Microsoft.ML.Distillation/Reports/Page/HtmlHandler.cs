using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>Makes HTML of an interpolated string: what stands in the string itself is markup, what is put into it is text, unless it is <see cref="Html"/> already. Numbers are written with a point.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler(int literalLength, int formattedCount)
{
    private const int GuessedHoleLength = 16;
    private readonly StringBuilder _markup = new(literalLength + GuessedHoleLength * formattedCount);

    public void AppendLiteral(string markup) => _markup.Append(markup);

    public void AppendFormatted(Html html) => _markup.Append(html.Markup);

    public void AppendFormatted(string? text) => _markup.Append(WebUtility.HtmlEncode(text));

    public void AppendFormatted(int number) => _markup.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(double number) => AppendFormatted(number, "0.##");

    public void AppendFormatted(double number, string? format) => AppendFormatted(number.ToString(format, CultureInfo.InvariantCulture));

    public string ToMarkup() => _markup.ToString();
}
