namespace Samples.RetrainingApp.Uploads;

/// <summary>The bytes of an image file that is small enough and can be decoded, and its size in pixels as it is stored.</summary>
internal sealed record CheckedImage(byte[] Bytes, ImageFormat Format, int Width, int Height);
