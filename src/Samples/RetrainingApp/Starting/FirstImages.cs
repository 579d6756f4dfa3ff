using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Tasks;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Starting;

/// <summary>Labelled images to begin with, where there are none: a folder's, or drawings.</summary>
internal sealed class FirstImages(AppOptions options, ITask task, Database database, ImageStore images, ImageCheck check, ILogger<FirstImages> log)
{
    public void Add()
    {
        if (database.HasFirstImages && images.Count().Images > 0)
            return;
        foreach (var image in options.Images is { } folder ? task.Read(folder) : task.Draw(options.Drawings))
            Add(image);
        database.HasFirstImages = true;
        if (options.Images is not null)
            log.LogInformation("{Count} images from '{Folder}'.", images.Count().Images, options.Images);
    }

    private void Add(FirstImage image)
    {
        try
        {
            images.Add(check.Check(image.Bytes), image.Name, image.Annotation);
        }
        catch (Refusal refusal)
        {
            log.LogWarning("'{Path}' is left out: {Reason}", image.Path, refusal.Message);
        }
    }
}
