using System.Buffers;
using System.IO.Pipelines;

namespace Samples.RetrainingApp.Uploads;

/// <summary>Takes an image out of a request: its body is the file, and nothing else.</summary>
internal sealed class UploadReader(AppOptions options, ImageCheck check)
{
    private const int LongestName = 255;

    /// <exception cref="Refusal">It is too large, or no image that can be used.</exception>
    public async Task<CheckedImage> Read(HttpRequest request)
    {
        if (request.ContentLength > options.MostUploadBytes)
            throw TooLarge();
        return check.Check(await ReadBytes(request.BodyReader, request.HttpContext.RequestAborted));
    }

    /// <summary>The name that the person's file has, for show; files here have other names.</summary>
    /// <exception cref="Refusal">It is no name of a file.</exception>
    public static string Name(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            return "image";
        if (name.Length > LongestName || name.Any(c => char.IsControl(c) || c is '/' or '\\' or ':') || name.Trim() is "." or "..")
            throw new Refusal(StatusCodes.Status400BadRequest, $"The name is no name of a file: expected at most {LongestName} characters without slashes, colons and control characters.");
        return name.Trim();
    }

    private async Task<byte[]> ReadBytes(PipeReader body, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            if (read.Buffer.Length > options.MostUploadBytes)
                throw TooLarge();
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return bytes;
            }
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private Refusal TooLarge() => new(StatusCodes.Status413PayloadTooLarge, $"The file is larger than the {options.MostUploadBytes} bytes that are allowed (--max-bytes).");
}
