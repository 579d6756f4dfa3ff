using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Uploads;

/// <summary>What a person says that an image shows.</summary>
internal sealed record LabelRequest(string? Label);

/// <summary>Images come, are shown, and are given labels.</summary>
internal static class ImageEndpoints
{
    private const int LongestLabel = 64;

    public static void MapImages(this WebApplication app)
    {
        app.MapPost("/images", Add).RequireRateLimiting(Application.ImageWork);
        app.MapPost("/predictions", Predict).RequireRateLimiting(Application.ImageWork);
        app.MapGet("/images/{id}", Show);
        app.MapPut("/images/{id}/label", SetLabel);
    }

    /// <summary>Keeps an image and says what the model in service sees in it.</summary>
    private static async Task<IResult> Add(HttpRequest request, string? name, UploadReader reader, ImageStore images, Predictor predictor, ProgressFeed feed)
    {
        var shown = UploadReader.Name(name);
        var upload = await reader.Read(request);
        var (image, isNew) = images.Add(upload, shown);
        var answer = predictor.Predict(upload.Bytes);
        if (isNew && answer is not null)
            images.SetPrediction(image.Id, answer.Label, answer.Version);
        feed.Touch();
        var said = new { image.Id, image.Name, image.Label, Prediction = answer };
        return isNew ? Results.Created($"/images/{image.Id}", said) : Results.Ok(said);
    }

    /// <summary>The same for an image that is not kept.</summary>
    private static async Task<IResult> Predict(HttpRequest request, UploadReader reader, Predictor predictor)
    {
        var upload = await reader.Read(request);
        return predictor.Predict(upload.Bytes) is { } answer ? Results.Ok(answer) : throw new Refusal(StatusCodes.Status503ServiceUnavailable, "There is no model yet: label some images of each class and retrain.");
    }

    private static IResult Show(string id, ImageStore images, ImageFiles files, HttpResponse response)
    {
        if (!IsId(id) || images.Find(id) is not { } image)
            return Results.NotFound();
        // An image never changes; its name is its own.
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Results.File(files.Path(image.Id, image.Format), ImageFormat.Parse(image.Format).ContentType);
    }

    private static IResult SetLabel(string id, LabelRequest request, ImageStore images, ProgressFeed feed)
    {
        var label = request.Label?.Trim() ?? "";
        if (label.Length is 0 or > LongestLabel || label.Any(char.IsControl))
            throw new Refusal(StatusCodes.Status400BadRequest, $"A label has 1 to {LongestLabel} characters, without control characters.");
        if (!IsId(id) || !images.SetLabel(id, label))
            return Results.NotFound();
        feed.Touch();
        return Results.NoContent();
    }

    private static bool IsId(string id) => Guid.TryParseExact(id, "N", out _);
}
