namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>Classes by name, counted as they come up: so classes of two columns meet, whatever their keys are.</summary>
internal sealed class ClassNames
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Names => _names;

    public int Place(ReadOnlySpan<char> name)
    {
        if (_places.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var place))
            return place;
        var text = name.ToString();
        _places.Add(text, _names.Count);
        _names.Add(text);
        return _names.Count - 1;
    }
}
