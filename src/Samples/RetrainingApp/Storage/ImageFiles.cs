using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Storage;

/// <summary>The files of images, under names that are made here.</summary>
internal sealed class ImageFiles(DataHome home)
{
    public string Path(string id, string format) => System.IO.Path.Combine(home.Images, $"{id}.{ImageFormat.Parse(format).Extension}");

    public void Write(string id, string format, byte[] bytes) => DurableFile.Write(Path(id, format), stream => stream.Write(bytes));

    public void Delete(string id, string format) => File.Delete(Path(id, format));

    /// <summary>Deletes what an upload left behind that was never finished.</summary>
    /// <param name="known">The names of the files that are in the database.</param>
    public void Sweep(IReadOnlySet<string> known)
    {
        foreach (var file in Directory.EnumerateFiles(home.Images).Where(file => !known.Contains(System.IO.Path.GetFileName(file))).ToList())
            File.Delete(file);
    }
}
