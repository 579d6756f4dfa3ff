using System.Globalization;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Names of YOLO's classes: a line each, or <c>names</c> of a YAML file as a list or by number, in brackets or in lines.</summary>
internal static class YoloClassNames
{
    public static string[] Read(string file)
    {
        var lines = AnnotationFile.Lines(file);
        var isYaml = Path.GetExtension(file).ToUpperInvariant() is ".YAML" or ".YML";
        var names = isYaml ? FromYaml(file, lines) : Array.ConvertAll(lines[..(Array.FindLastIndex(lines, l => l.Length > 0) + 1)], l => l.Trim());
        if (names.Length == 0)
            throw new InvalidDataException($"'{file}' names no classes.");
        return Array.FindIndex(names, n => n.Length == 0) is >= 0 and var empty ? throw new InvalidDataException($"'{file}': class {empty} has no name.") : names;
    }

    private static string[] FromYaml(string file, string[] lines)
    {
        var start = Array.FindIndex(lines, l => Key(l) == "names");
        if (start < 0)
            throw new InvalidDataException($"'{file}' has no 'names', which tell what the classes are called.");
        var inline = WithoutComment(lines[start])[(lines[start].IndexOf(':') + 1)..].Trim();
        var entries = inline.Length > 0 ? InBrackets(file, start, inline, lines) : InLines(lines[(start + 1)..]);
        var names = InOrder(file, entries.ConvertAll(Entry));
        if (Array.Find(lines, l => Key(l) == "nc") is { } line && WithoutComment(line).Split(':', 2)[1].Trim() is var count && count != names.Length.ToString(CultureInfo.InvariantCulture))
            throw new InvalidDataException($"'{file}': 'nc' is {AnnotationFile.Shown(count)}, but 'names' has {names.Length}.");
        return names;
    }

    /// <summary>The key of a line at the outermost level; null for others.</summary>
    private static string? Key(string line) => line.Length > 0 && !char.IsWhiteSpace(line[0]) && line[0] is not ('#' or '-') && line.Contains(':') ? line[..line.IndexOf(':')].Trim().Trim('\'', '"') : null;

    private static List<string> InLines(string[] lines)
    {
        var entries = new List<string>();
        foreach (var line in lines.Select(WithoutComment).Where(l => l.Trim().Length > 0))
        {
            if (!char.IsWhiteSpace(line[0]) && line[0] != '-')
                break;
            var entry = line.Trim();
            entries.Add(entry[0] == '-' ? entry[1..] : entry);
        }
        return entries;
    }

    private static List<string> InBrackets(string file, int start, string first, string[] lines)
    {
        var close = first[0] switch { '[' => ']', '{' => '}', _ => throw new InvalidDataException($"'{file}', line {start + 1}: 'names' is '{AnnotationFile.Shown(first)}'; a list of names is needed.") };
        var text = string.Join(' ', lines[(start + 1)..].Select(WithoutComment).Prepend(first));
        var (entries, from, last) = (new List<string>(), 1, '\0'); // last: the last one before i that is not blank
        for (var i = 1; i < text.Length; last = char.IsWhiteSpace(text[i]) ? last : text[i], i++)
        {
            if (text[i] is '\'' or '"' && last is '\0' or ':' or ',')
                i = EndOfQuoted(text, i);
            else if (text[i] == ',' || text[i] == close)
            {
                if (text[from..i].Trim() is { Length: > 0 } entry || text[i] == ',')
                    entries.Add(text[from..i]);
                from = i + 1;
                if (text[i] == close)
                    return entries;
            }
        }
        throw new InvalidDataException($"'{file}', line {start + 1}: 'names' has no closing '{close}'.");
    }

    /// <summary>The names by their numbers, where they have any, which need not ascend; else as they come.</summary>
    private static string[] InOrder(string file, List<(string? Number, string Name)> entries)
    {
        var ordered = entries.Select((entry, place) => (entry.Number, entry.Name, Place: entry.Number is null ? place : PlaceOf(entry.Number))).OrderBy(entry => entry.Place).ToArray();
        for (var i = 0; i < ordered.Length; i++)
        {
            if (ordered[i].Place != i)
                throw new InvalidDataException($"'{file}': 'names' has {AnnotationFile.Shown(ordered[i].Number)} where {i} is due; classes are numbered from 0 without a gap.");
        }
        return Array.ConvertAll(ordered, entry => entry.Name);
    }

    private static int PlaceOf(string number) => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : int.MaxValue;

    /// <summary>Of an entry, <c>name</c>, <c>'name'</c>, <c>3: name</c> or <c>"3": name</c>, number and name.</summary>
    private static (string? Number, string Name) Entry(string entry)
    {
        var text = entry.Trim();
        return text.IndexOf(':') is > 0 and var colon && Unquoted(text[..colon].Trim()) is { Length: > 0 } number && number.All(char.IsAsciiDigit)
            ? (number, Unquoted(text[(colon + 1)..].Trim()))
            : (null, Unquoted(text));
    }

    /// <summary>A text without the quotes around it, and with those within it as they are meant: doubled in single ones, behind a backslash in double ones.</summary>
    private static string Unquoted(string text) => text switch
    {
        ['\'', .. var inside, '\''] => inside.Replace("''", "'", StringComparison.Ordinal),
        ['"', .. var inside, '"'] => inside.Replace("\\\"", "\"", StringComparison.Ordinal),
        _ => text,
    };

    /// <summary>The place of the quote that ends what the one at <paramref name="start"/> begins; that of the last character where none does.</summary>
    private static int EndOfQuoted(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && text[start] == '"')
                i++;
            else if (text[i] == text[start] && text[start] == '\'' && i + 1 < text.Length && text[i + 1] == '\'')
                i++;
            else if (text[i] == text[start])
                return i;
        }
        return text.Length - 1;
    }

    private static string WithoutComment(string line)
    {
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] is '\'' or '"' && (i == 0 || !char.IsLetterOrDigit(line[i - 1])))
                i = EndOfQuoted(line, i);
            else if (line[i] == '#' && (i == 0 || char.IsWhiteSpace(line[i - 1])))
                return line[..i];
        }
        return line;
    }
}
