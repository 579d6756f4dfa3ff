using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Class names that a detector's file carries: this library's own, or Ultralytics' entry <c>names</c>, a Python dictionary or list written out.</summary>
internal static partial class OnnxClassNames
{
    private const string UltralyticsKey = "names";

    public static IReadOnlyList<string>? Find(OnnxModelFile file)
    {
        if (StudentFile.IsStudent(file))
            return StudentFile.Read(file).ClassNames;
        return file.Metadata.TryGetValue(UltralyticsKey, out var text) ? Parse(text) : null;
    }

    /// <returns>The names in the order of their numbers; null where these are not 0, 1, 2, …, or the text is no such list.</returns>
    private static string[]? Parse(string text)
    {
        var items = Item().Matches(text);
        if (items.Count == 0)
            return null;
        var names = new string?[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            var place = items[i].Groups["place"] is { Success: true } number ? (int.TryParse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : -1) : i;
            if (place < 0 || place >= names.Length || names[place] is not null)
                return null;
            names[place] = Escape().Replace(items[i].Groups["name"].Value, "$1");
        }
        return names!;
    }

    [GeneratedRegex("""(?:['"]?(?<place>\d+)['"]?\s*:\s*)?(?<quote>['"])(?<name>(?:\\.|(?!\k<quote>).)*)\k<quote>""")]
    private static partial Regex Item();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escape();
}
