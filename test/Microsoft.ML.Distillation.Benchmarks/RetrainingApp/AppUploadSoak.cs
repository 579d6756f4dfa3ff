using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Benchmarks.RetrainingApp;

/// <summary>Floods the retraining app with uploads: it must keep what it may, refuse everything else with the right status, and neither its disk nor its memory may grow by what it refuses.</summary>
/// <param name="limit">On images; 0 for the app's own.</param>
internal sealed class AppUploadSoak(int uploads, int limit, CancellationToken cancellation)
{
    private const int Clients = 8, Rounds = 20, OwnLimit = 10_000, Known = -1;
    private const string New = "a new image";
    private readonly ConcurrentDictionary<(string Kind, HttpStatusCode Status), int> _answers = new();
    private readonly Flatness _flatness = new("The retraining app");
    private int _sent;

    private int Limit => limit == 0 ? OwnLimit : limit;

    public async Task<bool> Carry()
    {
        var folder = Directory.CreateTempSubdirectory("distillation-soak-");
        try
        {
            using var app = AppProcess.Start(folder.FullName, ["--drawings", "0", .. limit == 0 ? [] : new[] { "--max-images", limit.ToString(CultureInfo.InvariantCulture) }]);
            var fault = await Flood(app, folder);
            return fault is null || Soak.Fail(fault);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <returns>What is wrong; null for nothing.</returns>
    private async Task<string?> Flood(AppProcess app, DirectoryInfo folder)
    {
        using var client = await AppClient.Connect(app.Url);
        (await client.Upload(Bitmaps.Of(Known))).Dispose();
        var (before, clock) = (Size(folder), Stopwatch.StartNew());
        for (var round = 1; round <= Rounds; round++)
        {
            var until = (int)((long)uploads * round / Rounds);
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => Send(client, until), cancellation)));
            _flatness.Add(round / (double)Rounds, app.WorkingSet, app.Handles);
        }
        var counted = (await client.State()).Counts.Images;
        var files = Directory.GetFiles(Path.Combine(folder.FullName, "images"));
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{uploads} uploads in {clock.Elapsed.TotalSeconds:0} s, at most {Limit} images are kept: {counted} in the database, {files.Length} files; the folder grew by {(Size(folder) - before) / 1024} KiB."));
        foreach (var ((kind, status), count) in _answers.OrderBy(pair => pair.Key.Kind, StringComparer.Ordinal).ThenBy(pair => pair.Key.Status))
            Console.Out.WriteLine($"  {kind}: {count} × {(int)status} {status}");
        return Wrong() ?? Lost(counted, files) ?? _flatness.Judge();
    }

    private async Task Send(AppClient client, int until)
    {
        for (int number; (number = Interlocked.Increment(ref _sent)) <= until;)
        {
            cancellation.ThrowIfCancellationRequested();
            var (kind, name, bytes, _) = Upload(number);
            using var answer = await client.Upload(bytes, name);
            _answers.AddOrUpdate((kind, answer.StatusCode), 1, (_, count) => count + 1);
        }
        // The one too many that every client took.
        Interlocked.Decrement(ref _sent);
    }

    private static (string Kind, string Name, byte[] Bytes, HttpStatusCode[] Right) Upload(int number) => (number % 10) switch
    {
        0 => ("a page called .jpg", "cat.jpg", Encoding.UTF8.GetBytes($"<html><script>alert({number})</script></html>"), [HttpStatusCode.UnsupportedMediaType]),
        1 => ("a name that is a path", $"../../{number}.bmp", Bitmaps.Of(number), [HttpStatusCode.BadRequest]),
        2 => ("a hundred megapixels", "huge.bmp", Bitmaps.Huge(), [HttpStatusCode.UnprocessableEntity]),
        3 => ("an image that is there", "again.bmp", Bitmaps.Of(Known), [HttpStatusCode.OK]),
        _ => (New, $"{number}.bmp", Bitmaps.Of(number), [HttpStatusCode.Created, HttpStatusCode.InsufficientStorage]),
    };

    private string? Wrong()
    {
        var right = Enumerable.Range(0, 10).Select(Upload).Select(upload => (upload.Kind, upload.Right)).DistinctBy(pair => pair.Kind).ToDictionary(pair => pair.Kind, pair => pair.Right);
        var wrong = _answers.Keys.Where(answer => !right[answer.Kind].Contains(answer.Status)).ToList();
        return wrong.Count == 0 ? null : $"answers that are not right: {string.Join(", ", wrong)}.";
    }

    private string? Lost(long counted, string[] files)
    {
        var created = _answers.GetValueOrDefault((New, HttpStatusCode.Created));
        var full = _answers.GetValueOrDefault((New, HttpStatusCode.InsufficientStorage));
        var expected = Math.Min(created + full + 1, Limit);
        return counted == expected && created + 1 == expected && files.Length == expected ? null
            : $"{expected} images were to be kept; {created} were answered as kept beside the one before, {counted} are in the database, {files.Length} on the disk.";
    }

    private static long Size(DirectoryInfo folder) => folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
