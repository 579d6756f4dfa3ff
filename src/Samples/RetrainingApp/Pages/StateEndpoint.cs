using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Tasks;

namespace Samples.RetrainingApp.Pages;

/// <summary>All that the page lists.</summary>
internal static class StateEndpoint
{
    private const int LatestImages = 24;

    public static void MapState(this WebApplication app) => app.MapGet("/state", (ImageStore images, VersionStore versions, RunStore runs, ITask task, IPredictor predictor, ProgressFeed feed) =>
    {
        var progress = feed.Current;
        return Results.Ok(new { Progress = progress, Service = predictor.Version, Classes = task.Classes(), Counts = images.Count(), Versions = versions.All(), Run = runs.Last(), Images = images.Latest(LatestImages) });
    });
}
