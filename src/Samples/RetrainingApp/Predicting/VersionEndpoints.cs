using Samples.RetrainingApp.Retraining;

namespace Samples.RetrainingApp.Predicting;

/// <summary>Which version is to serve.</summary>
/// <param name="Anyway">Although it was not shown to be as good as the one in service.</param>
internal sealed record ServiceRequest(long Version, bool Anyway);

internal static class VersionEndpoints
{
    public static void MapVersions(this WebApplication app) => app.MapPut("/service", (ServiceRequest request, VersionSwitch versions, ProgressFeed feed) =>
    {
        versions.Serve(request.Version, request.Anyway);
        feed.Touch();
        return Results.NoContent();
    });
}
