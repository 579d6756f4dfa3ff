using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>A <see cref="SoakTraining"/> in a process of its own, to be killed.</summary>
internal sealed class SoakChild : IDisposable
{
    private readonly Process _process;

    /// <param name="folder">For checkpoints; null for none.</param>
    /// <param name="largestFile">KiB of the largest file it may write, by a limit of the system's; null for no limit. There is none on Windows.</param>
    public SoakChild(string? folder, int? largestFile = null)
    {
        var start = new ProcessStartInfo(largestFile is null ? Environment.ProcessPath! : "bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        if (largestFile is not null)
        {
            start.ArgumentList.Add("-c");
            // The signal that comes with the error is for programs that don't look at errors.
            start.ArgumentList.Add(FormattableString.Invariant($"trap '' XFSZ; ulimit -f {largestFile}; exec \"$0\" \"$@\""));
            start.ArgumentList.Add(Environment.ProcessPath!);
            // The runtime keeps compiled code in a large file in memory, which the limit would hold for as well.
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        }
        // Run by `dotnet X.dll`, or by X itself.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(SoakChild).Assembly.Location);
        foreach (var argument in new[] { "soak", "train" }.Concat(folder is null ? [] : [folder]))
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Errors += line.Data + Environment.NewLine;
        _process.BeginErrorReadLine();
    }

    /// <summary>One that comes through.</summary>
    /// <exception cref="InvalidOperationException">It doesn't.</exception>
    public static SoakChild Through(string? folder, int? largestFile = null)
    {
        using var child = new SoakChild(folder, largestFile);
        child.Read(() => false);
        return child.Model is not null ? child : throw new InvalidOperationException($"The training process ended with {child.ExitCode}: {child.Errors}");
    }

    /// <summary>What it said on its standard error.</summary>
    public string Errors { get; private set; } = "";

    /// <summary>The step it went on from; 0 for one from the beginning.</summary>
    public long ResumedAt { get; private set; }

    /// <summary>The steps whose checkpoints it began to write.</summary>
    public List<long> Saving { get; } = [];

    /// <summary>What it warned of.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The hash of its model, when it is done.</summary>
    public string? Model { get; private set; }

    public int ExitCode => _process.ExitCode;

    /// <summary>Reads on until <paramref name="enough"/> says so after a line, or the process ends.</summary>
    public void Read(Func<bool> enough)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(SoakTraining.Resumed, StringComparison.Ordinal))
                ResumedAt = long.Parse(line[SoakTraining.Resumed.Length..].Split(' ')[0], CultureInfo.InvariantCulture);
            else if (line.StartsWith(SoakTraining.Saving, StringComparison.Ordinal))
                Saving.Add(long.Parse(line[SoakTraining.Saving.Length..], CultureInfo.InvariantCulture));
            else if (line.StartsWith(SoakTraining.Done, StringComparison.Ordinal))
                Model = line[SoakTraining.Done.Length..];
            else
                Warnings.Add(line);
            if (enough())
                return;
        }
        _process.WaitForExit();
    }

    /// <summary>Ends the process at once: SIGKILL, which it can neither catch nor delay.</summary>
    public void Kill()
    {
        _process.Kill();
        // What it had said already is still to be read.
        Read(() => false);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
