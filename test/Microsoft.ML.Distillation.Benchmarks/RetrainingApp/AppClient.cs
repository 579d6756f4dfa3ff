using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Benchmarks.RetrainingApp;

/// <summary>Asks the retraining app as its page does: with the cookie and the token.</summary>
internal sealed class AppClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private AppClient(HttpClient http) => Http = http;

    public HttpClient Http { get; }

    /// <param name="apiKey">Null for none.</param>
    public static async Task<AppClient> Connect(Uri url, string? apiKey = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = url, Timeout = Patience };
        if (apiKey is not null)
            http.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        var token = (await http.GetFromJsonAsync<JsonElement>("token")).GetProperty("token").GetString();
        http.DefaultRequestHeaders.Add("X-CSRF-Token", token);
        return new AppClient(http);
    }

    public async Task<AppState> State() => (await Http.GetFromJsonAsync<AppState>("state"))!;

    public Task<HttpResponseMessage> Upload(byte[] image, string name = "image.png") => Http.PostAsync($"images?name={Uri.EscapeDataString(name)}", File(image));

    public Task<HttpResponseMessage> Label(string id, string label) => Http.PutAsJsonAsync($"images/{id}/label", new { label });

    public Task<HttpResponseMessage> Mark(string id, params AppBox[] boxes) => Http.PutAsJsonAsync($"images/{id}/boxes", new { boxes });

    public async Task<AppBoxes> Boxes(string id) => (await Http.GetFromJsonAsync<AppBoxes>($"images/{id}/boxes"))!;

    public Task<HttpResponseMessage> Serve(long version, bool anyway = false) => Http.PutAsJsonAsync("service", new { version, anyway });

    public Task<HttpResponseMessage> Retrain(bool promote = true) => Http.PostAsJsonAsync("runs", new { promote });

    public Task<HttpResponseMessage> Cancel() => Http.DeleteAsync("runs/current");

    public Task<AppAnswer> Predict(byte[] image) => Ask<AppAnswer>(image);

    /// <summary>The same of a detector.</summary>
    public Task<AppFound> Find(byte[] image) => Ask<AppFound>(image);

    /// <summary>Looks until something is so.</summary>
    public async Task<AppState> Until(Func<AppState, bool> reached, string what)
    {
        var started = DateTime.UtcNow;
        AppState state;
        while (!reached(state = await State()))
        {
            if (DateTime.UtcNow - started > Patience)
                throw new TimeoutException($"{what} didn't come within {Patience.TotalMinutes} minutes; {state.Progress}");
            await Task.Delay(50);
        }
        return state;
    }

    /// <summary>Retrains to the end.</summary>
    /// <returns>The version it made.</returns>
    public async Task<AppVersion> Train(bool promote = true)
    {
        using var begun = await Retrain(promote);
        begun.EnsureSuccessStatusCode();
        var state = await Until(s => s.Progress.State == "idle", "the end of a retraining");
        return state.Run is { State: "done", Version: { } made } ? state.Versions.Single(v => v.Id == made) : throw new InvalidOperationException($"The retraining ended so: {state.Run}");
    }

    public void Dispose() => Http.Dispose();

    private async Task<TAnswer> Ask<TAnswer>(byte[] image)
    {
        using var response = await Http.PostAsync("predictions", File(image));
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"A prediction was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<TAnswer>())!;
    }

    private static ByteArrayContent File(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
}
