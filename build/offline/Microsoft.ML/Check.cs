using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML;

/// <summary>Guards; each throws the kind of exception the real package throws.</summary>
internal static class Check
{
    internal static T NotNull<T>([NotNull] T value, string name) where T : class => value ?? throw new ArgumentNullException(name);

    internal static string NotEmpty(string value, string name) =>
        string.IsNullOrEmpty(value) ? throw new ArgumentNullException(name, $"{name} cannot be null or empty") : value;

    internal static T NotEmpty<T>(T value, string name) where T : class, System.Collections.ICollection =>
        NotNull(value, name).Count == 0 ? throw new ArgumentException($"{name} cannot be empty", name) : value;

    internal static int AtLeast(int value, int minimum, string name) =>
        value < minimum ? throw Param(name, $"{name} must be at least {minimum}; got {value}") : value;

    internal static void That(bool condition, string name, string message)
    {
        if (!condition)
            throw Param(name, message);
    }

    internal static ArgumentOutOfRangeException Param(string name, string message) => new(name, message);

    internal static ArgumentOutOfRangeException ColumnNotFound(string role, string column) =>
        new("inputSchema", $"Could not find {role} column '{column}'");

    internal static ArgumentOutOfRangeException ColumnMismatch(string role, string column, object expected, object got) =>
        new("inputSchema", $"Schema mismatch for {role} column '{column}': expected {expected}, got {got}");

    internal static NotSupportedException NotOffered(string what) =>
        new($"{what} is not part of the offline stand-in for Microsoft.ML (build/offline). Build with the real package to use it.");
}
