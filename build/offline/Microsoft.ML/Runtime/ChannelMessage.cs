namespace Microsoft.ML.Runtime;

public enum ChannelMessageKind
{
    Trace = 0,
    Info = 1,
    Warning = 2,
    Error = 3,
}

[Flags]
public enum MessageSensitivity
{
    None = 0,
    UserData = 0x1,
    Schema = 0x2,
    Unknown = ~0,
    All = ~0,
}

public readonly struct ChannelMessage
{
    private readonly string _format;
    private readonly object[] _args;

    public readonly ChannelMessageKind Kind;
    public readonly MessageSensitivity Sensitivity;

    internal ChannelMessage(ChannelMessageKind kind, MessageSensitivity sensitivity, string format, object[] args) =>
        (Kind, Sensitivity, _format, _args) = (kind, sensitivity, format, args);

    public string Message => _args == null ? _format : string.Format(System.Globalization.CultureInfo.InvariantCulture, _format, _args);
}
