namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>Which of the student's classes each of a detector teacher's is. A teacher may know more classes than the student, and fewer: what it finds of others is left out.</summary>
internal static class DetectorClassMatch
{
    private const int NamesShown = 8;

    /// <returns>For each of the teacher's classes the student's, or −1.</returns>
    /// <exception cref="InvalidDataException">None is the student's; or without names, the counts differ.</exception>
    public static int[] Find(string teacher, DetectorTeacherSession session, IReadOnlyList<string> classes)
    {
        if (session.ClassNames is not { } names)
        {
            return session.ClassCount == classes.Count
                ? [.. Enumerable.Range(0, classes.Count)]
                : throw new InvalidDataException($"{teacher} tells {session.ClassCount} classes apart and does not name them; the labels have {classes.Count} ({Some(classes)}). Give it its class names.");
        }
        var places = classes.Select((name, place) => (name, place)).ToDictionary(p => p.name, p => p.place, StringComparer.Ordinal);
        var match = names.Select(name => places.GetValueOrDefault(name, -1)).ToArray();
        return match.Any(place => place >= 0)
            ? match
            : throw new InvalidDataException($"{teacher} knows none of the labels' classes, {Some(classes)}; its own are {Some(names)}. Names must be equal, letter by letter: rename the one or the other.");
    }

    private static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesShown).Select(n => $"'{n}'")) + (names.Count > NamesShown ? $", … ({names.Count} in all)" : "");
}
