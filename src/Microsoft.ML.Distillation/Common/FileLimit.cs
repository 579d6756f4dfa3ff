namespace Microsoft.ML.Distillation.Common;

/// <summary>A file larger than its system or its user is allowed: an argument out of range to .NET, but to whoever writes one the same as a full disk.</summary>
internal static class FileLimit
{
    public static IOException Reached(ArgumentOutOfRangeException error) => new("The file would be larger than the file system, or a limit of the user's, allows.", error);
}
