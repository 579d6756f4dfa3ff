using System.Runtime.InteropServices;

namespace Microsoft.ML.Data;

/// <summary>The functions of native/image.cpp.</summary>
internal static unsafe partial class ImageNative
{
    private const string Library = "mlimage";

    /// <summary>Why the last call of this thread failed.</summary>
    internal static string Error => Marshal.PtrToStringUTF8((nint)ErrorText());

    [LibraryImport(Library, EntryPoint = "image_error")]
    private static partial byte* ErrorText();

    [LibraryImport(Library, EntryPoint = "image_size")]
    internal static partial int Size(byte* data, int length, out int width, out int height);

    [LibraryImport(Library, EntryPoint = "image_decode")]
    internal static partial int Decode(byte* data, int length, int width, int height, byte* bgra);

    [LibraryImport(Library, EntryPoint = "image_encode_jpeg")]
    internal static partial int EncodeJpeg(byte* pixels, int width, int height, int rgba, int quality,
        delegate* unmanaged<nint, byte*, int, void> sink, nint context);

    [LibraryImport(Library, EntryPoint = "image_encode_png")]
    internal static partial int EncodePng(byte* pixels, int width, int height, int channels,
        delegate* unmanaged<nint, byte*, int, void> sink, nint context);

    [LibraryImport(Library, EntryPoint = "image_draw")]
    internal static partial void Draw(byte* source, int sourceWidth, int sourceHeight, byte* target, int targetWidth, int targetHeight,
        int x, int y, int width, int height);
}
