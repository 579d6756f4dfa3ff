using System.Runtime.CompilerServices;
using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Retraining;

/// <param name="Promote">Whether the new model goes into service by itself when it is not worse.</param>
internal sealed record RunRequest(bool Promote = true);

/// <summary>Retrainings begin, are watched and are cancelled.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this WebApplication app)
    {
        app.MapPost("/runs", (RunRequest request, Retrainer retrainer, ImageStore images) => Results.Accepted(value: retrainer.Begin(images, request.Promote)));
        app.MapDelete("/runs/current", (Retrainer retrainer) =>
        {
            retrainer.Cancel();
            return Results.Accepted();
        });
        app.MapGet("/events", (ProgressFeed feed, IHostApplicationLifetime lifetime, HttpContext context) => feed.IsFull
            ? throw new Refusal(StatusCodes.Status503ServiceUnavailable, "Too many pages listen already.")
            : TypedResults.ServerSentEvents(UntilStopped(feed, lifetime.ApplicationStopping, context.RequestAborted), "progress"));
    }

    // An app that is told to stop would wait for every page that listens.
    private static async IAsyncEnumerable<RunProgress> UntilStopped(ProgressFeed feed, CancellationToken stopping, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        await using var followed = feed.Follow(either.Token).GetAsyncEnumerator(either.Token);
        while (await Next(followed))
            yield return followed.Current;
    }

    private static async Task<bool> Next(IAsyncEnumerator<RunProgress> followed)
    {
        try
        {
            return await followed.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
