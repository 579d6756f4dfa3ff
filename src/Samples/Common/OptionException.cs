namespace Samples.Common;

/// <summary>A command line that can't be carried out.</summary>
internal sealed class OptionException(string message) : Exception(message)
{
    /// <summary>What an exception says, without the name of a parameter that the person at the command line can't know.</summary>
    public static string Plain(Exception e)
        => e is ArgumentException { ParamName: { } parameter } ? e.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal) : e.Message;
}
