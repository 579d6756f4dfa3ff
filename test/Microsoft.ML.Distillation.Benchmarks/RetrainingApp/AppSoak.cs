using System.Diagnostics;

namespace Benchmarks.RetrainingApp;

/// <summary>Asks the retraining app for many predictions from several clients while models are swapped under it: none may fail, every answer must be one whole model's, and its memory must stay flat.</summary>
internal sealed class AppSoak(int requests, int clients, int swaps, CancellationToken cancellation)
{
    private const int Distinct = 16, Rounds = 20;
    private static readonly string[] Shapes = ["bar", "disc", "ring", "star"];
    private readonly byte[][] _images = [.. Enumerable.Range(0, Distinct).Select(i => Drawings.Png(Shapes[i % Shapes.Length], i))];
    private readonly Flatness _flatness = new("The retraining app");
    private readonly HashSet<long> _seen = [];
    private int _asked;
    private int _answered;

    public async Task<bool> Carry()
    {
        var folder = Directory.CreateTempSubdirectory("distillation-soak-");
        try
        {
            using var app = AppProcess.Start(folder.FullName, "--drawings", "120", "--epochs", "2", "--student", "resnet8", "--size", "16");
            var fault = await Carry(app);
            if (fault is not null)
            {
                Console.Error.WriteLine($"error: {fault}");
                return false;
            }
            Console.Out.WriteLine("No request failed, every answer was one whole model's, and memory and handles stayed flat.");
            return true;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <returns>What is wrong; null for nothing.</returns>
    private async Task<string?> Carry(AppProcess app)
    {
        using var client = await AppClient.Connect(app.Url);
        var (first, second) = (await client.Train(), await client.Train(promote: false));
        var expected = new Dictionary<long, AppAnswer[]> { [second.Id] = await Expect(client, second.Id), [first.Id] = await Expect(client, first.Id) };
        if (expected[first.Id].Zip(expected[second.Id]).All(pair => Same(pair.First, pair.Second)))
            return "both models say the same: nothing can be told by their answers.";
        var clock = Stopwatch.StartNew();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var swapping = Swap(client, [second.Id, first.Id], over.Token);
        var fault = await AskInRounds(app, expected);
        if (fault is not null)
            over.Cancel();
        var swapped = await swapping;
        Console.Out.WriteLine(FormattableString.Invariant($"{_answered} answers to {clients} clients over {swapped} swaps in {clock.Elapsed.TotalSeconds:0} s."));
        return fault ?? (swapped < swaps ? $"{swapped} swaps were made; {swaps} are asked for." : _seen.Count < 2 ? "only one model answered." : _flatness.Judge());
    }

    private async Task<AppAnswer[]> Expect(AppClient client, long version)
    {
        (await client.Serve(version, anyway: true)).EnsureSuccessStatusCode();
        return await Task.WhenAll(_images.Select(client.Predict));
    }

    private async Task<string?> AskInRounds(AppProcess app, Dictionary<long, AppAnswer[]> expected)
    {
        var askers = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => AppClient.Connect(app.Url)));
        for (var round = 1; round <= Rounds; round++)
        {
            var until = (int)((long)requests * round / Rounds);
            var faults = await Task.WhenAll(askers.Select(asker => Task.Run(() => Ask(asker, until, expected), cancellation)));
            if (faults.FirstOrDefault(fault => fault is not null) is { } fault)
                return $"{fault} The app said: {app.Said}";
            // Between rounds nothing is under way.
            _flatness.Add(round / (double)Rounds, app.WorkingSet, app.Handles);
        }
        Array.ForEach(askers, asker => asker.Dispose());
        return null;
    }

    private async Task<string?> Ask(AppClient client, int until, Dictionary<long, AppAnswer[]> expected)
    {
        for (int number; (number = Interlocked.Increment(ref _asked)) <= until;)
        {
            cancellation.ThrowIfCancellationRequested();
            var row = number % Distinct;
            var answer = await client.Predict(_images[row]);
            if (!expected.TryGetValue(answer.Version, out var known) || !Same(answer, known[row]))
                return $"request {number} was answered {answer}, which is no whole model's.";
            lock (_seen)
                _seen.Add(answer.Version);
            Interlocked.Increment(ref _answered);
        }
        // The one too many that every client took.
        Interlocked.Decrement(ref _asked);
        return null;
    }

    /// <summary>Swaps while requests are under way, evenly over all of them.</summary>
    private async Task<int> Swap(AppClient client, long[] versions, CancellationToken over)
    {
        var swapped = 0;
        while (swapped < swaps)
        {
            while (Volatile.Read(ref _answered) < requests * (swapped + .5) / swaps)
            {
                if (over.IsCancellationRequested)
                    return swapped;
                await Task.Delay(1, CancellationToken.None);
            }
            (await client.Serve(versions[swapped % versions.Length], anyway: true)).EnsureSuccessStatusCode();
            swapped++;
        }
        return swapped;
    }

    private static bool Same(AppAnswer one, AppAnswer other) => one.Label == other.Label && one.Scores.SequenceEqual(other.Scores);
}
