namespace Microsoft.ML.Distillation.Training;

/// <summary>
/// Names of a run's loss terms, no two alike: a name that an earlier method (or the run itself) has gets its method's in brackets, as in <c>kd (LabelAugmentation)</c>;
/// of a method that is there twice, the second one's terms are numbered, as in <c>kd 2</c>.
/// </summary>
/// <param name="methods">Names of the run's methods, in their order.</param>
internal sealed class TermNames(IReadOnlyList<string> methods)
{
    /// <summary>The cross-entropy with the labels, and what is minimised.</summary>
    public const string Task = "task", Total = "total";

    /// <summary>The place of the run itself, whose own terms come before all methods'.</summary>
    public const int Run = -1;

    private readonly Dictionary<(int Method, string Term), string> _names = new() { [(Run, Task)] = Task, [(Run, Total)] = Total };
    private readonly Dictionary<string, string> _owners = new() { [Task] = "", [Total] = "" };

    /// <param name="method">The method's place among the run's, or <see cref="Run"/>.</param>
    /// <param name="term">As the method calls it.</param>
    /// <returns>The same name at every step.</returns>
    public string Of(int method, string term)
    {
        if (_names.TryGetValue((method, term), out var known))
            return known;
        var owner = method == Run ? "" : methods[method];
        var name = _owners.TryGetValue(term, out var taken) && taken != owner ? $"{term} ({owner})" : term;
        var unique = name;
        for (var count = 2; !_owners.TryAdd(unique, owner); count++)
            unique = $"{name} {count}";
        _names.Add((method, term), unique);
        return unique;
    }
}
