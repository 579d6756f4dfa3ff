namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>The working copy that the tests were built in.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Distillation.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Distillation.sln above the tests");
        return folder;
    }
}
