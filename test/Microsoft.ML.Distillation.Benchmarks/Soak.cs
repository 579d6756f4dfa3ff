using System.Globalization;
using Benchmarks.RetrainingApp;
using Microsoft.ML.Distillation.Training;

namespace Benchmarks;

/// <summary>Kills a training process at random moments, many of them inside a checkpoint's write, and holds what it ends with against a run that nobody killed.</summary>
internal sealed class Soak(int kills, int inside, int seed, string folder, CancellationToken cancellation)
{
    private const string Help = """
        kill    trains a small model, kills the process with SIGKILL at random moments and starts it again, until it is through; its weights must be those of a run that was never killed
          --kills N     how often (20)
          --inside N    at least so many of them while a checkpoint is written (5)
          --seed N      of the moments (1)
        disk    trains a small model where no checkpoint fits on the disk (a limit on the size of files stands for it; not on Windows), from the beginning and from a checkpoint
                that is there; it must say so, come through with the same weights, and leave the checkpoint that was there as it was
        train [FOLDER]  the process that is killed
        run     trains a small model for long, then predicts from several threads through pooled engines; memory and open handles must stay flat, and every score be what one thread alone gets
          --steps N         training steps (20000)
          --predictions N   (100000)
          --threads N       that predict (4)
          --seconds N       go on for so long instead of those numbers, two thirds of it in training
        app     asks the retraining app for predictions while models are swapped; none may fail, every answer be one whole model's, and the app's memory stay flat
          --requests N      (20000)
          --clients N       that ask (8)
          --swaps N         (5)
        app --uploads N [--limit N]
                floods the app with N uploads, most of them good: it must keep as many as it may (the app's own limit unless one is given), and refuse the others with the right status
        app --kills N [--task classification|detection] [--seed N]
                kills the app N times at random moments of uploads, corrections and trainings: no correction may be lost, the trainings go on, from a checkpoint where there is one,
                and no model but a whole one serve
        """;

    // A shell's number for a process that ended by SIGKILL; Windows has none.
    private static readonly int Killed = OperatingSystem.IsWindows() ? -1 : 137;
    private readonly Random _random = new(seed);
    private int _insideWrites;
    private int _finishedRuns;

    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments, CancellationToken cancellation)
    {
        switch (arguments.FirstOrDefault())
        {
            case "train":
                SoakTraining.Run(arguments.ElementAtOrDefault(1));
                return 0;
            case "kill":
                int kills = Number(arguments, "--kills", 20), inside = Number(arguments, "--inside", 5), seed = Number(arguments, "--seed", 1);
                using (var folder = new SoakFolder())
                    return new Soak(kills, inside, seed, folder.Run, cancellation).Carry() ? 0 : 1;
            case "disk":
                return SoakDisk.Carry() ? 0 : 1;
            case "run":
                var seconds = Number(arguments, "--seconds", 0);
                return new SoakRun(
                    Number(arguments, "--steps", 20_000), Number(arguments, "--predictions", 100_000), Number(arguments, "--threads", 4),
                    seconds == 0 ? null : TimeSpan.FromSeconds(seconds), cancellation).Carry() ? 0 : 1;
            case "app":
                return App(arguments, cancellation).GetAwaiter().GetResult() ? 0 : 1;
            default:
                Console.Out.WriteLine(Help);
                return arguments.Length == 0 || arguments[0] == "--help" ? 0 : 2;
        }
    }

    private static Task<bool> App(string[] arguments, CancellationToken cancellation) =>
        arguments.Contains("--task") && !arguments.Contains("--kills") ? throw new ArgumentException("--task is for --kills; the others ask a classifier.")
        : arguments.Contains("--uploads") ? new AppUploadSoak(Number(arguments, "--uploads", 0), Number(arguments, "--limit", 0), cancellation).Carry()
        : arguments.Contains("--kills") ? new AppKillSoak(Soaked(arguments), Number(arguments, "--kills", 0), Number(arguments, "--seed", 1), cancellation).Carry()
        : new AppSoak(Number(arguments, "--requests", 20_000), Number(arguments, "--clients", 8), Number(arguments, "--swaps", 5), cancellation).Carry();

    private static ISoakedTask Soaked(string[] arguments) => arguments.SkipWhile(argument => argument != "--task").Take(2).ToArray() switch
    {
        [] or [_, "classification"] => new SoakedClassifier(),
        [_, "detection"] => new SoakedDetector(),
        _ => throw new ArgumentException("--task needs classification or detection."),
    };

    private bool Carry()
    {
        var expected = SoakChild.Through(null).Model!;
        Console.Out.WriteLine($"A run that nobody kills ends with {expected[..16]}.");
        long saved = 0;
        var done = 0;
        while (done < kills || _insideWrites < inside)
        {
            if (done >= 5 * Math.Max(kills, inside))
                return Fail($"{_insideWrites} of {done} kills were inside a checkpoint's write; {inside} are asked for.");
            cancellation.ThrowIfCancellationRequested();
            using var child = new SoakChild(folder);
            if (Wait(child) is { } model)
            {
                if (model != expected)
                    return Fail($"a run that was killed before ended with {model[..16]}.");
                _finishedRuns++;
                saved = 0;
                Directory.Delete(folder, recursive: true);
                continue;
            }
            done++;
            if (Fault(child, saved) is { } fault)
                return Fail(fault);
            // A checkpoint is whole when the next is begun.
            saved = child.Saving.Count > 1 ? child.Saving[^2] : Math.Max(saved, child.ResumedAt);
        }
        var last = SoakChild.Through(folder).Model!;
        if (last != expected)
            return Fail($"the run that was killed ended with {last[..16]}.");
        Console.Out.WriteLine($"{done} kills, {_insideWrites} of them inside a checkpoint's write; {_finishedRuns + 1} runs came through, each with the weights of the run that nobody killed.");
        return true;
    }

    /// <summary>Lets a process go on to a random moment and kills it.</summary>
    /// <returns>The hash of its model where it was through before; null where it was killed.</returns>
    private string? Wait(SoakChild child)
    {
        var started = DateTime.UtcNow;
        var writes = _random.Next(1, 8);
        child.Read(() => child.Saving.Count >= writes || child.Model is not null);
        // From the beginning of a checkpoint's write: some way into it, or beyond it.
        Thread.Sleep(TimeSpan.FromMilliseconds(_random.NextDouble() * (_random.Next(2) == 0 ? 30 : 400)));
        child.Kill();
        var unfinished = Path.Combine(folder, CheckpointFolder.Unfinished);
        var within = child.Model is null && File.Exists(unfinished) && File.GetLastWriteTimeUtc(unfinished) >= started;
        _insideWrites += within ? 1 : 0;
        if (child.Model is null)
            Console.Out.WriteLine($"From step {child.ResumedAt}, killed {(within ? "inside" : "after")} the write of step {child.Saving.LastOrDefault()}.");
        return child.Model;
    }

    private static string? Fault(SoakChild child, long saved) =>
        child.ExitCode != Killed ? $"a killed process ended with {child.ExitCode}: {child.Errors}"
        : child.ResumedAt < saved ? $"a run went on from step {child.ResumedAt}, and step {saved} was saved."
        : null;

    internal static bool Fail(string fault)
    {
        Console.Error.WriteLine($"error: {fault}");
        return false;
    }

    private static int Number(string[] arguments, string name, int otherwise)
    {
        var place = Array.IndexOf(arguments, name);
        return place < 0 ? otherwise : place + 1 < arguments.Length && int.TryParse(arguments[place + 1], CultureInfo.InvariantCulture, out var number) && number >= 0 ? number
            : throw new ArgumentException($"{name} needs a number.");
    }
}
