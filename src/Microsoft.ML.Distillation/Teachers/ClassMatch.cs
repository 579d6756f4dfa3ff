namespace Microsoft.ML.Distillation.Teachers;

/// <summary>
/// Which of the teacher's outputs belongs to which class of the labels. Key values are ordered by occurrence, so the orders
/// rarely agree by themselves: classes are matched by name.
/// </summary>
internal static class ClassMatch
{
    private const int NamesShown = 8;

    /// <returns>For each class of the labels the teacher's output, or null where the orders already agree.</returns>
    /// <exception cref="InvalidDataException">A class has no output, or two, or without names the counts differ.</exception>
    public static int[]? Find(string teacher, IReadOnlyList<string>? teacherClasses, int outputs, IReadOnlyList<string> classes)
    {
        if (teacherClasses is null)
        {
            return outputs == classes.Count
                ? null
                : throw new InvalidDataException($"{teacher} scores {outputs} classes, the labels have {classes.Count} ({Some(classes)}). "
                    + "Give a teacher of these classes, or its class names (classNames) if the labels' classes are among them.");
        }
        if (teacherClasses.Count != outputs)
        {
            throw new InvalidDataException(
                $"{teacher} scores {outputs} classes, but {teacherClasses.Count} class names were given for it. Give one name for each output, in the order of the outputs.");
        }
        var places = teacherClasses.Select((name, index) => (name, index)).ToLookup(p => p.name, p => p.index, StringComparer.Ordinal);
        var missing = classes.Where(c => !places.Contains(c)).ToList();
        if (missing.Count > 0)
        {
            throw new InvalidDataException($"{teacher} has no class named {Some(missing)}, which the labels have; its classes are {Some(teacherClasses)}. "
                + "Names must be equal, letter by letter: rename the teacher's class names or the labels.");
        }
        if (classes.FirstOrDefault(c => places[c].Count() > 1) is { } twice)
            throw new InvalidDataException($"{teacher} has {places[twice].Count()} classes named '{twice}'; class names must differ.");
        var match = classes.Select(c => places[c].First()).ToArray();
        return outputs == match.Length && match.Select((place, index) => place == index).All(same => same) ? null : match;
    }

    private static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesShown).Select(n => $"'{n}'")) + (names.Count > NamesShown ? $", … ({names.Count} in all)" : "");
}
