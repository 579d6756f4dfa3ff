namespace Samples.RetrainingApp.Uploads;

/// <summary>The bytes of an image file that is small enough and can be decoded.</summary>
internal sealed record CheckedImage(byte[] Bytes, ImageFormat Format);
