namespace Microsoft.ML.Distillation.Common;

/// <summary>Collects everything wrong with an options object, so that the user hears of all faults at once.</summary>
internal sealed class Faults(string what)
{
    private readonly List<string> _messages = [];

    public void Add(string message) => _messages.Add(message);

    public void Add(InvariantText message) => Add(message.Take());

    public void AddIf(bool wrong, string message)
    {
        if (wrong)
            _messages.Add(message);
    }

    public void AddIf(bool wrong, InvariantText message) => AddIf(wrong, message.Take());

    /// <summary>A value that must be there; null, and a fault, where it isn't.</summary>
    public T? Required<T>(T? value, string name) where T : class
    {
        AddIf(value is null, $"{name} is null.");
        return value;
    }

    /// <summary>Throws one <see cref="ArgumentException"/> that lists all that was found, if anything was.</summary>
    public void ThrowIfAny(string parameterName)
    {
        if (_messages.Count == 1)
            throw new ArgumentException($"{what}: {_messages[0]}", parameterName);
        if (_messages.Count > 1)
            throw new ArgumentException($"{what}: {_messages.Count} faults.{string.Concat(_messages.Select(m => $"{Environment.NewLine}  - {m}"))}", parameterName);
    }
}
