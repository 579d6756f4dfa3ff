using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Uploads;

/// <summary>Images come and are shown.</summary>
internal static class ImageEndpoints
{
    public static void MapImages(this WebApplication app)
    {
        app.MapPost("/images", Add).RequireRateLimiting(Application.ImageWork);
        app.MapPost("/predictions", Predict).RequireRateLimiting(Application.ImageWork);
        app.MapGet("/images/{id}", Show);
    }

    /// <summary>Keeps an image and says what the model in service sees in it.</summary>
    private static async Task<IResult> Add(HttpRequest request, string? name, UploadReader reader, ImageStore images, IPredictor predictor, ProgressFeed feed)
    {
        var shown = UploadReader.Name(name);
        var upload = await reader.Read(request);
        var (image, isNew) = images.Add(upload, shown);
        var answer = predictor.Predict(upload.Bytes);
        if (isNew && answer is not null)
            images.SetPrediction(image.Id, answer.Words, answer.Version);
        feed.Touch();
        var said = new { image.Id, image.Name, image.Label, Prediction = (object?)answer };
        return isNew ? Results.Created($"/images/{image.Id}", said) : Results.Ok(said);
    }

    /// <summary>The same for an image that is not kept.</summary>
    private static async Task<IResult> Predict(HttpRequest request, UploadReader reader, IPredictor predictor)
    {
        var upload = await reader.Read(request);
        return predictor.Predict(upload.Bytes) is { } answer ? Results.Ok((object)answer) : throw new Refusal(StatusCodes.Status503ServiceUnavailable, "There is no model yet: label some images of each class and retrain.");
    }

    private static IResult Show(string id, ImageStore images, ImageFiles files, HttpResponse response)
    {
        if (!IsId(id) || images.Find(id) is not { } image)
            return Results.NotFound();
        // An image never changes; its name is its own.
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Results.File(files.Path(image.Id, image.Format), ImageFormat.Parse(image.Format).ContentType);
    }

    /// <summary>Whether it is a name of the kind that is made here.</summary>
    public static bool IsId(string id) => Guid.TryParseExact(id, "N", out _);
}
