using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>A graph in a temporary file, which only this user can read and which is gone when it is disposed, or when nothing refers to it any more.</summary>
internal sealed class GraphFile : IDisposable
{
    /// <exception cref="IOException">The file can't be written.</exception>
    public GraphFile(MLContext ml, byte[] graph)
    {
        Path = System.IO.Path.Combine(PixelStore.TemporaryFolder(ml), $"distillation-{Guid.NewGuid():N}.onnx");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using var stream = new FileStream(Path, options);
            stream.Write(graph);
        }
        catch (Exception error)
        {
            Dispose();
            if (error is ArgumentOutOfRangeException size)
                throw FileLimit.Reached(size);
            throw;
        }
    }

    ~GraphFile() => Delete();

    public string Path { get; }

    public void Dispose()
    {
        Delete();
        GC.SuppressFinalize(this);
    }

    private void Delete()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is a temporary file: what can't be deleted is left to the system.
        }
    }
}
