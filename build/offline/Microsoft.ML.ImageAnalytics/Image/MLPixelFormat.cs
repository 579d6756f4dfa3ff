namespace Microsoft.ML.Data;

/// <summary>The order of a pixel's four bytes.</summary>
public enum MLPixelFormat
{
    Unknown = 0,
    Bgra32 = 1,
    Rgba32 = 2,
}
