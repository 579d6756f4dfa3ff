namespace Samples.RetrainingApp.Storage;

/// <summary>What a person says that an image shows.</summary>
/// <param name="Words">It in a few words; what an image has that was looked at.</param>
/// <param name="Class">Of the whole image; null where objects are told apart.</param>
/// <param name="Boxes">The objects; none is a thing to say too.</param>
internal sealed record Annotation(string Words, string? Class, IReadOnlyList<ObjectBox> Boxes)
{
    public static Annotation OfClass(string name) => new(name, name, []);

    public static Annotation OfObjects(IReadOnlyList<ObjectBox> boxes) => new(Listed(boxes.Select(box => box.Label)), null, boxes);

    /// <summary>Objects in words: "2 disc, star".</summary>
    public static string Listed(IEnumerable<string> labels)
    {
        var counted = labels.CountBy(label => label).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value == 1 ? pair.Key : $"{pair.Value} {pair.Key}");
        return string.Join(", ", counted.DefaultIfEmpty("no objects"));
    }
}
