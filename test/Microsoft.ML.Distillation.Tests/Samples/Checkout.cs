namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>The working copy that the tests were built in, and how.</summary>
internal static class Checkout
{
    // …/test/<this project>/bin/<mode>/<configuration>/<framework>/
    private static readonly DirectoryInfo _own = new(AppContext.BaseDirectory);

    public static string Root { get; } = _own.Parent!.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;

    /// <summary><c>real</c> or <c>offline</c>: the packages.</summary>
    public static string Mode { get; } = _own.Parent!.Parent!.Name;

    /// <summary>The program of a project that was built in the same way.</summary>
    /// <param name="folder">The project's, from the root; it has the project's name.</param>
    public static string Program(string folder)
        => Path.Combine(Root, folder, "bin", Mode, _own.Parent!.Name, _own.Name, $"{Path.GetFileName(folder)}.dll");
}
