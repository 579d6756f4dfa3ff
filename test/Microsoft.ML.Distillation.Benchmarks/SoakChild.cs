using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>A <see cref="SoakTraining"/> in a process of its own, to be killed.</summary>
internal sealed class SoakChild : IDisposable
{
    private readonly Process _process;

    public SoakChild(string? folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Run by `dotnet X.dll`, or by X itself.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(SoakChild).Assembly.Location);
        foreach (var argument in new[] { "soak", "train" }.Concat(folder is null ? [] : [folder]))
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Errors += line.Data + Environment.NewLine;
        _process.BeginErrorReadLine();
    }

    /// <summary>What it said on its standard error.</summary>
    public string Errors { get; private set; } = "";

    /// <summary>The step it went on from; 0 for one from the beginning.</summary>
    public long ResumedAt { get; private set; }

    /// <summary>The steps whose checkpoints it began to write.</summary>
    public List<long> Saving { get; } = [];

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
