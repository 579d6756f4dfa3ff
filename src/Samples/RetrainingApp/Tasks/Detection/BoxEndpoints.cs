using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>All the objects that a person sees on an image; none is said by an empty list.</summary>
internal sealed record BoxRequest(IReadOnlyList<ObjectBox?>? Boxes);

/// <param name="Width">Of the image as it is stored, in pixels.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Boxes">Null where nobody has looked at it.</param>
internal sealed record BoxesOfImage(int Width, int Height, bool? HeldOut, IReadOnlyList<ObjectBox>? Boxes);

internal static class BoxEndpoints
{
    public static void MapBoxes(this WebApplication app)
    {
        app.MapGet("/images/{id}/boxes", (string id, ImageStore images, BoxStore boxes) => Find(id, images) is { Width: { } width, Height: { } height } image
            ? Results.Ok(new BoxesOfImage(width, height, image.HeldOut, image.Label is null ? null : boxes.Of(id)))
            : Results.NotFound());
        app.MapPut("/images/{id}/boxes", (string id, BoxRequest request, ImageStore images, ProgressFeed feed) =>
        {
            if (Find(id, images) is not { Width: { } width, Height: { } height })
                return Results.NotFound();
            images.Annotate(id, Annotation.OfObjects(BoxCheck.Checked(request.Boxes, width, height)));
            feed.Touch();
            return Results.NoContent();
        });
    }

    private static StoredImage? Find(string id, ImageStore images) => ImageEndpoints.IsId(id) ? images.Find(id) : null;
}
