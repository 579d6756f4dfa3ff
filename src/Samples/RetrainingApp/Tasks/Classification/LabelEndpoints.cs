using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>What a person says that an image shows.</summary>
internal sealed record LabelRequest(string? Label);

internal static class LabelEndpoints
{
    public static void MapLabels(this WebApplication app) => app.MapPut("/images/{id}/label", (string id, LabelRequest request, ImageStore images, ProgressFeed feed) =>
    {
        var label = ClassName.Checked(request.Label);
        if (!ImageEndpoints.IsId(id) || !images.Annotate(id, Annotation.OfClass(label)))
            return Results.NotFound();
        feed.Touch();
        return Results.NoContent();
    });
}
