namespace Benchmarks;

/// <summary>Takes a benchmark's own options out of a command line; the rest is its sample's.</summary>
internal static class CommandLine
{
    public static string? Take(List<string> arguments, string name)
    {
        var place = arguments.IndexOf(name);
        if (place < 0)
            return null;
        if (place + 1 >= arguments.Count)
            throw new ArgumentException($"{name} needs a value.");
        var value = arguments[place + 1];
        arguments.RemoveRange(place, 2);
        return value;
    }

    /// <summary>Those of the known things whose names are given, or all where none are.</summary>
    public static List<T> TakeSome<T>(List<string> arguments, string option, IReadOnlyList<T> known, Func<T, string> name)
    {
        var names = Take(arguments, option)?.Split(',', StringSplitOptions.TrimEntries);
        var unknown = names?.Except(known.Select(name), StringComparer.OrdinalIgnoreCase).ToList() ?? [];
        if (unknown.Count > 0)
            throw new ArgumentException($"{option}: {string.Join(", ", unknown)} is not known; there are {string.Join(", ", known.Select(name))}.");
        return [.. known.Where(thing => names is null || names.Contains(name(thing), StringComparer.OrdinalIgnoreCase))];
    }

    public static void Refuse(List<string> arguments, string reason, params string[] names)
    {
        if (arguments.Find(argument => names.Any(name => argument == name || argument.StartsWith($"{name}=", StringComparison.Ordinal))) is { } unused)
            throw new ArgumentException($"{unused}: {reason}");
    }
}
