using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Guarding;

/// <summary>Answers what is refused with its status and a sentence; of faults of its own the app tells nobody but its log.</summary>
internal static class Refusals
{
    public static void UseRefusals(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (Refusal refusal) when (!context.Response.HasStarted)
        {
            await Answer(context, refusal.Status, refusal.Message);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await Answer(context, bad.StatusCode, bad.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
    });

    public static Task Answer(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { status, reason });
    }
}
