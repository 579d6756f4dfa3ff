using System.Security.Cryptography;
using Microsoft.ML.Distillation.Training;

namespace Benchmarks;

/// <summary>
/// Trains where no checkpoint fits on the disk: from the beginning, and from a checkpoint that is there. Both must come through with the weights of a run without checkpoints, say that none was
/// written, and leave what was there as it was.
/// </summary>
internal static class SoakDisk
{
    // A checkpoint of this training has some MiB.
    private const int LargestFile = 500;

    public static bool Carry()
    {
        if (OperatingSystem.IsWindows())
            return Soak.Fail("Windows has no limit on the size of a process's files.");
        var expected = SoakChild.Through(null).Model!;
        using var folder = new SoakFolder();
        return FromTheBeginning(folder.Run, expected) && FromACheckpoint(folder.Run, expected);
    }

    private static bool FromTheBeginning(string folder, string expected)
    {
        if (Fault(SoakChild.Through(folder, LargestFile), expected) is { } fault)
            return Soak.Fail($"from the beginning: {fault}");
        var left = Directory.GetFiles(folder, "*.checkpoint*");
        if (left.Length > 0)
            return Soak.Fail($"{string.Join(", ", left.Select(Path.GetFileName))} was left, though none fits.");
        Console.Out.WriteLine("A run whose checkpoints fit nowhere came through with the same weights.");
        return true;
    }

    private static bool FromACheckpoint(string folder, string expected)
    {
        using (var first = new SoakChild(folder))
        {
            first.Read(() => first.Saving.Count == 5);
            first.Kill();
        }
        var last = Path.Combine(folder, CheckpointFolder.Last);
        var before = Hash(last);
        var limited = SoakChild.Through(folder, LargestFile);
        if (limited.ResumedAt == 0)
            return Soak.Fail("the checkpoint that was there was not taken up.");
        if ((Fault(limited, expected) ?? (Hash(last) == before ? null : "the checkpoint that was there was changed.")) is { } fault)
            return Soak.Fail($"from step {limited.ResumedAt}: {fault}");
        var again = SoakChild.Through(folder);
        if (again.ResumedAt != limited.ResumedAt || again.Model != expected)
            return Soak.Fail($"with room on the disk again it went on from step {again.ResumedAt} instead of {limited.ResumedAt}, or ended with other weights.");
        Console.Out.WriteLine($"So did one from step {limited.ResumedAt}, and the checkpoint it began from was still good.");
        return true;
    }

    private static string? Fault(SoakChild run, string expected) =>
        run.Model != expected ? $"it ended with {run.Model![..16]} instead of {expected[..16]}."
        : run.Warnings.Count == 0 || run.Warnings.Exists(w => !w.Contains("can't be written to", StringComparison.Ordinal)) ? $"it warned of {(run.Warnings.Count == 0 ? "nothing" : run.Warnings[0])}."
        : run.Warnings.Count != run.Saving.Count ? $"it warned {run.Warnings.Count} times of {run.Saving.Count} checkpoints."
        : null;

    private static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
}
