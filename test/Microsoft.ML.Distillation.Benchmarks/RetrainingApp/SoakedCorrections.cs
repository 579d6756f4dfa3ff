using System.Net;
using System.Net.Http.Json;

namespace Benchmarks.RetrainingApp;

/// <summary>Uploads and corrections that the app has answered, to be asked for again.</summary>
internal sealed class SoakedCorrections(ISoakedTask task)
{
    private readonly List<Kept> _kept = [];
    private readonly HashSet<Kept> _unchecked = [];
    private int _next;
    private int _count;

    public int Images => _kept.Count;

    /// <summary>Corrections that were answered.</summary>
    public int Count => _count;

    /// <summary>Uploads images and says twice of each what it shows, until nobody answers any more.</summary>
    public async Task Make(Uri url)
    {
        try
        {
            using var client = await AppClient.Connect(url);
            while (true)
            {
                var number = Interlocked.Increment(ref _next);
                await Make(client, number);
                await Task.Delay(task.Pause);
            }
        }
        catch (Exception error) when (error is HttpRequestException { StatusCode: null } or IOException)
        {
            // It was killed.
        }
    }

    /// <param name="all">Of all images; otherwise of those since it was last asked.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    public async Task<string?> Check(AppClient client, bool all)
    {
        foreach (var kept in all ? _kept : [.. _unchecked])
        {
            // The same bytes are the same image, with what is known of it.
            using var answer = await client.Upload(kept.Bytes);
            var found = (await answer.Content.ReadFromJsonAsync<AppImage>())!;
            if (answer.StatusCode != HttpStatusCode.OK || found.Id != kept.Id)
                return $"image {kept.Id} was answered as kept, and is gone.";
            var correction = await task.Kept(client, found);
            if (correction != kept.Answered && correction != kept.Asked)
                return $"image {kept.Id} was corrected to '{kept.Answered}', and is '{correction}'.";
            kept.Answered = correction;
            kept.Asked = null;
        }
        _unchecked.Clear();
        return null;
    }

    private async Task Make(AppClient client, int number)
    {
        var image = task.Image(number);
        using var upload = await client.Upload(image);
        upload.EnsureSuccessStatusCode();
        var kept = new Kept((await upload.Content.ReadFromJsonAsync<AppImage>())!.Id, image);
        lock (_kept)
        {
            _kept.Add(kept);
            _unchecked.Add(kept);
        }
        foreach (var correction in task.Corrections(number))
        {
            kept.Asked = correction;
            using var answer = await task.Correct(client, kept.Id, correction);
            answer.EnsureSuccessStatusCode();
            (kept.Answered, kept.Asked) = (correction, null);
            Interlocked.Increment(ref _count);
        }
    }

    private sealed class Kept(string id, byte[] bytes)
    {
        public string Id => id;

        public byte[] Bytes => bytes;

        /// <summary>The last correction that was answered; null for none yet.</summary>
        public string? Answered { get; set; }

        /// <summary>One that was asked for and not answered: it may be there or not.</summary>
        public string? Asked { get; set; }
    }
}
