using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Memory that the C library keeps though it is free: how much depends on which threads happened to run beside each other.</summary>
internal static class FreeMemory
{
    private static readonly Trim? _trim =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out var trim)
            ? Marshal.GetDelegateForFunctionPointer<Trim>(trim) : null;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Trim(nuint kept);

    /// <summary>Gives it back to the system, where the C library is one that can (glibc).</summary>
    public static void GiveBack() => _trim?.Invoke(0);
}
