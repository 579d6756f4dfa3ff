namespace Samples.RetrainingApp.Tasks;

/// <summary>Which of the classes here a teacher from elsewhere knows.</summary>
internal static class TeacherNames
{
    private const int Shown = 10;

    /// <summary>Whether it can teach at all, asked before the app starts.</summary>
    /// <param name="teacher">Its file.</param>
    /// <param name="own">Its classes; null where they are not known.</param>
    /// <param name="classes">Those that people have named so far.</param>
    /// <returns>The classes that it knows.</returns>
    /// <exception cref="InvalidDataException">Its classes have no names, or none of these.</exception>
    public static IReadOnlyList<string> Require(string teacher, IReadOnlyList<string>? own, IReadOnlyList<string> classes)
    {
        if (own is null)
        {
            throw new InvalidDataException(
                $"--teacher '{teacher}' does not name its classes; expected names, to be matched with those of the images ({Some(classes)}). Give them in the order of its outputs: --teacher-classes A,B,….");
        }
        var known = classes.Where(own.Contains).ToList();
        // Classes that nobody has named yet may turn out to be its own.
        return known.Count > 0 || classes.Count == 0 ? known : throw new InvalidDataException(
            $"--teacher '{teacher}' knows none of the classes of the images. It knows {Some(own)}; expected some of {Some(classes)}, equal letter by letter. "
            + "Name its classes as they are called here, in the order of its outputs (--teacher-classes A,B,…), or start without it.");
    }

    private static string Some(IReadOnlyList<string> names) =>
        names.Count == 0 ? "none yet" : string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $", … ({names.Count} in all)" : "");
}
