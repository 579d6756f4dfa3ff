using System.Runtime.InteropServices;

namespace Microsoft.ML.Distillation.Common;

/// <summary>The C library's heap, where it is glibc's: most Linux distributions. Elsewhere nothing happens.</summary>
internal static unsafe class Glibc
{
    /// <summary>How much free memory at the end of a heap is given back to the system at once, in bytes.</summary>
    public const int TrimThreshold = -1;

    /// <summary>How much more than was asked for a heap grows by.</summary>
    public const int TopPad = -2;

    /// <summary>From what size a block is mapped by itself, and unmapped when it is freed.</summary>
    public const int MapThreshold = -3;

    private static readonly nint _library = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) ? library : 0;
    private static readonly delegate* unmanaged<int, int, int> _set = (delegate* unmanaged<int, int, int>)Function("mallopt");
    private static readonly delegate* unmanaged<nuint, int> _trim = (delegate* unmanaged<nuint, int>)Function("malloc_trim");

    /// <summary>Whether it is what this process runs on.</summary>
    public static bool IsThere => _set is not null;

    /// <returns>Whether it took the value.</returns>
    public static bool Set(int parameter, int value) => IsThere && _set(parameter, value) != 0;

    /// <summary>Gives memory back to the system that is free but kept: how much that is depends on which threads happened to run beside each other.</summary>
    public static void GiveBack()
    {
        if (_trim is not null)
            _ = _trim(0);
    }

    private static nint Function(string name) => _library != 0 && NativeLibrary.TryGetExport(_library, name, out var function) ? function : 0;
}
