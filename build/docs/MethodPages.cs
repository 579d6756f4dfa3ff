using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace Microsoft.ML.Distillation.Docs;

/// <summary>A page for every method of classification and of detection, made of the code's own documentation and of the code.</summary>
internal sealed class MethodPages
{
    private const string Note = "<!-- Written by build/docs.sh from the code's own documentation: change it there. -->";
    private readonly Assembly _library = typeof(DistillationMethod).Assembly;
    private readonly Dictionary<string, XElement> _members;
    private readonly List<Type> _methods;
    private readonly Markdown _markdown;

    private MethodPages()
    {
        _members = XDocument.Load(Path.ChangeExtension(_library.Location, ".xml")).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);
        _methods = [.. _library.GetExportedTypes().Where(t => !t.IsAbstract && (t.IsSubclassOf(typeof(DistillationMethod)) || t.IsSubclassOf(typeof(DetectionMethod)))).OrderBy(t => t.Name, StringComparer.Ordinal)];
        var pages = _methods.ToDictionary(m => m.FullName!, m => $"{m.Name}.md");
        _markdown = new Markdown(pages.GetValueOrDefault);
    }

    /// <summary>Texts by the names of their files, the list of all methods among them.</summary>
    public static IReadOnlyDictionary<string, string> Write()
    {
        var pages = new MethodPages();
        return pages._methods.Select(m => (Name: $"{m.Name}.md", Text: pages.Page(m))).Append(("README.md", pages.List())).ToDictionary(p => p.Item1, p => p.Item2);
    }

    private string List()
    {
        var text = new StringBuilder($"{Note}\n# Methods\n\nEvery method is a class with a constructor without parameters; methods compose. `Methods = {{ new X(), new Y {{ Weight = 2 }} }}` in the options trains with both.\n");
        foreach (var (title, of) in new[] { ("Image classification, with a teacher", 0), ("Image classification, without a teacher", 1), ("Object detection", 2) })
        {
            text.Append($"\n## {title}\n\n| method | learns from | what it is |\n|---|---|---|\n");
            foreach (var method in _methods.Where(m => Group(m) == of))
                text.Append($"| [{method.Name}]({method.Name}.md) | {Needs(method)} | {FirstSentence(method)} |\n");
        }
        return text.ToString();
    }

    private string Page(Type method)
    {
        var documentation = _members[$"T:{method.FullName}"];
        var task = method.IsSubclassOf(typeof(DetectionMethod)) ? "object detection" : "image classification";
        var text = new StringBuilder($"{Note}\n# {method.Name}\n\nFor {task}. Learns from {Needs(method)}.\n\n{_markdown.Block(documentation.Element("summary"))}\n");
        var options = Options(method).ToList();
        if (options.Count > 0)
            text.Append("\n## Options\n\n").Append(Table(options));
        foreach (var type in options.Select(o => Core(o.PropertyType)).Where(t => t.Assembly == _library).Distinct())
            text.Append($"\n### {type.Name}\n\n{_markdown.Block(Documentation($"T:{type.FullName}"))}\n\n").Append(Members(type));
        if (documentation.Element("remarks") is { } remarks)
            text.Append($"\n## Paper, and what differs from it\n\n{_markdown.Block(remarks)}\n");
        return text.ToString();
    }

    private string Members(Type type) => type.IsEnum
        ? $"| value | what it does |\n|---|---|\n{string.Concat(type.GetEnumNames().Select(n => $"| `{n}` | {_markdown.Cell(Documentation($"F:{type.FullName}.{n}"))} |\n"))}"
        : Table(type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.DeclaringType == type && p.Name != "EqualityContract"));

    private string Table(IEnumerable<PropertyInfo> options) =>
        $"| option | type | values and default | what it does |\n|---|---|---|---|\n{string.Concat(options.Select(Row))}";

    private string Row(PropertyInfo option)
    {
        var documentation = _members.GetValueOrDefault($"P:{option.DeclaringType!.FullName}.{option.Name}");
        // A record's properties are documented as its parameters.
        var what = documentation?.Element("summary")
            ?? _members.GetValueOrDefault($"T:{option.DeclaringType.FullName}")?.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == option.Name);
        return $"| `{option.Name}` | `{TypeName(option)}` | {_markdown.Cell(documentation?.Element("value"))} | {_markdown.Cell(what)} |\n";
    }

    private XElement? Documentation(string member) => _members.GetValueOrDefault(member)?.Element("summary");

    private string FirstSentence(Type method)
    {
        var summary = _markdown.Cell(Documentation($"T:{method.FullName}"));
        // A formula belongs on the method's own page.
        var end = new[] { ". ", ": `", ", `" }.Select(s => summary.IndexOf(s, StringComparison.Ordinal)).Where(i => i > 0).DefaultIfEmpty(summary.TrimEnd('.').Length).Min();
        return $"{summary[..end]}.";
    }

    private static IEnumerable<PropertyInfo> Options(Type method) =>
        method.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.Name != nameof(DistillationMethod.Name) && p.CanWrite);

    private static int Group(Type method) => Activator.CreateInstance(method) switch
    {
        DetectionMethod => 2,
        DistillationMethod { Needs: TeacherParts.None } => 1,
        _ => 0,
    };

    private static string Needs(Type method)
    {
        var made = Activator.CreateInstance(method)!;
        var (parts, labels) = made switch
        {
            DistillationMethod m => (Parts(m.Needs), m.LearnsFromLabels),
            DetectionMethod m => (Parts(m.Needs), false),
            _ => throw new InvalidOperationException($"{method} is no method."),
        };
        return (parts.Length > 0, labels) switch
        {
            (true, true) => $"the teacher's {parts}, and labels",
            (true, false) => $"the teacher's {parts}",
            (false, true) => "labels, without a teacher",
            (false, false) => "itself, without teacher or labels",
        };
    }

    private static string Parts<T>(T parts) where T : struct, Enum =>
        string.Join(" and ", Enum.GetValues<T>().Where(p => Convert.ToInt32(p) != 0 && parts.HasFlag(p)).Select(p => p switch
        {
            TeacherParts.Features or DetectionParts.Features => "feature maps",
            DetectionParts.Heads => "raw predictions",
            _ => p.ToString().ToLowerInvariant(),
        }));

    /// <summary>The type an option is about: of a list its elements', of a nullable value its value's.</summary>
    private static Type Core(Type type) => type.IsGenericType ? Core(type.GetGenericArguments()[0]) : type;

    private static string TypeName(PropertyInfo option)
    {
        var type = option.PropertyType;
        var name = type switch
        {
            { IsGenericType: true } => type.GetGenericTypeDefinition() == typeof(Nullable<>) ? Short(type.GetGenericArguments()[0]) : $"{type.Name.Split('`')[0]}<{Short(type.GetGenericArguments()[0])}>",
            _ => Short(type),
        };
        var nullable = Nullable.GetUnderlyingType(type) is not null || new NullabilityInfoContext().Create(option).ReadState == NullabilityState.Nullable;
        return nullable ? $"{name}?" : name;
    }

    private static string Short(Type type) => type switch
    {
        _ when type == typeof(double) => "double",
        _ when type == typeof(int) => "int",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(string) => "string",
        _ => type.Name,
    };
}
