namespace Samples.Common;

/// <summary>The folder that a sample's output goes to.</summary>
internal static class OutputFolder
{
    /// <summary>The environment variable that names another folder than the checkout's <c>artifacts</c>.</summary>
    public const string Variable = "SAMPLE_ARTIFACTS";

    /// <summary>Started from anywhere in a checkout, what a sample writes goes to that checkout's ignored artifacts folder.</summary>
    public static string Default(string sample)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
            return Path.Combine(chosen, sample);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Distillation.sln")))
                return Path.Combine(folder.FullName, "artifacts", sample);
        }
        return Path.Combine("artifacts", sample);
    }

    /// <exception cref="IOException">No folder can be made there.</exception>
    public static void Require(string path)
    {
        for (var folder = Path.GetFullPath(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder))
                throw new IOException($"--out '{path}': '{folder}' is a file, so no folder can be made there. Name another folder.");
        }
        Directory.CreateDirectory(path);
    }
}
