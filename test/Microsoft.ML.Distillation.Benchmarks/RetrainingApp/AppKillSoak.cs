using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Distillation.Training;

namespace Benchmarks.RetrainingApp;

/// <summary>
/// Kills the retraining app at random moments, while people upload and correct and a training runs, and starts it again: every correction that was answered must be there, the training must go on, and no
/// model but a whole one may serve.
/// </summary>
internal sealed class AppKillSoak(ISoakedTask task, int kills, int seed, CancellationToken cancellation)
{
    private const int Workers = 3;

    // Of a process that is only just starting; of so many kills one.
    private const int MostStartingMilliseconds = 1500, OneStartingIn = 4;
    private readonly Random _random = new(seed);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distillation-soak-");
    private readonly SoakedCorrections _corrections = new(task);
    private readonly HashSet<long> _ended = [], _resumable = [];
    private SoakedVersions? _versions;
    private long? _run;
    private int _starting, _training, _resumed;

    public async Task<bool> Carry()
    {
        var clock = Stopwatch.StartNew();
        _versions = new SoakedVersions(_folder, task);
        try
        {
            for (var kill = 1; kill <= kills; kill++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await Round() is { } fault)
                    return Soak.Fail($"After {kill - 1} kills: {fault}");
            }
            if (await Last() is { } wrong)
                return Soak.Fail(wrong);
            Console.Out.WriteLine(FormattableString.Invariant(
                $"{kills} kills in {clock.Elapsed.TotalSeconds:0} s, {_training} of them in a training and {_starting} while the app was starting: {_corrections.Images} images and {_corrections.Count} corrections that were answered are there; {_ended.Count} trainings came through, {_resumed} of them from a checkpoint; {_versions.Count} versions, {_versions.Answers} answers, each of a whole one."));
            return true;
        }
        finally
        {
            _folder.Delete(recursive: true);
        }
    }

    private async Task<string?> Round()
    {
        if (_random.Next(OneStartingIn) == 0)
        {
            AppProcess.KillStarting(_folder.FullName, TimeSpan.FromMilliseconds(_random.Next(MostStartingMilliseconds)), task.Options);
            _starting++;
            return null;
        }
        var saved = HasCheckpoint();
        using var app = AppProcess.Start(_folder.FullName, task.Options);
        using var client = await AppClient.Connect(app.Url);
        if (await Check(client, saved) is { } fault)
            return $"{fault} The app said: {app.Said}";
        await Train(client);
        var working = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => _corrections.Make(app.Url), CancellationToken.None)).ToList();
        await Task.Delay(task.Longest * _random.NextDouble(), cancellation);
        _training += (await client.State()).Progress.State == "idle" ? 0 : 1;
        app.Kill();
        await Task.WhenAll(working);
        return null;
    }

    /// <summary>The last start, in which the training may come to its end.</summary>
    private async Task<string?> Last()
    {
        var saved = HasCheckpoint();
        using var app = AppProcess.Start(_folder.FullName, task.Options);
        using var client = await AppClient.Connect(app.Url);
        if (await Check(client, saved) is { } fault)
            return fault;
        await client.Until(state => state.Progress.State == "idle", "the end of the training");
        return await Check(client, saved: false, all: true) ?? (_corrections.Count == 0 ? "nothing was corrected." : null);
    }

    private async Task Train(AppClient client)
    {
        if ((await client.State()).Progress.State != "idle")
            return;
        using var begun = await client.Retrain();
        begun.EnsureSuccessStatusCode();
        _run = (await client.State()).Run!.Id;
    }

    /// <param name="saved">Whether the training that is under way had a checkpoint when the app was started.</param>
    /// <param name="all">Every correction, and not those alone that came since the last time.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    private async Task<string?> Check(AppClient client, bool saved, bool all = false)
    {
        var state = await client.State();
        if (_run is { } run && (state.Run?.Id != run || state.Run.State is not ("running" or "done")))
            return $"run {run} was under way, and now there is {state.Run?.ToString() ?? "none"}.";
        if (state.Run is { State: "running" } running && saved)
            _resumable.Add(running.Id);
        if (state.Run is { State: "done" } done && _ended.Add(done.Id))
        {
            if (done.ResumedAt == 0 && _resumable.Contains(done.Id))
                return $"run {done.Id} had a checkpoint when the app was killed, and began anew.";
            _resumed += done.ResumedAt > 0 ? 1 : 0;
        }
        if (_folder.EnumerateFiles("*.unfinished", SearchOption.AllDirectories).FirstOrDefault(file => file.DirectoryName != RunFolder(state.Run?.Id)) is { } left)
            return string.Create(CultureInfo.InvariantCulture, $"'{left.FullName}' was left behind.");
        return await _versions!.Check(client, state) ?? await _corrections.Check(client, all);
    }

    private bool HasCheckpoint() => _run is { } run && File.Exists(Path.Combine(RunFolder(run), CheckpointFolder.Last));

    // A training that goes on writes there.
    private string RunFolder(long? run) => Path.Combine(_folder.FullName, "runs", FormattableString.Invariant($"{run}"));
}
