using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The letterboxed image of a cursor's row, and where it lies in its pixels.</summary>
internal sealed class LetterboxedRow(DataViewRow row, DetectorPreparation preparation)
{
    private readonly ValueGetter<VBuffer<byte>> _getPixels = row.GetGetter<VBuffer<byte>>(row.Schema[ImagePreparation.PixelColumn]);
    private readonly ValueGetter<VBuffer<long>> _getSize = row.GetGetter<VBuffer<long>>(row.Schema[DetectorPreparation.SizeColumn]);
    private VBuffer<long> _size;

    /// <summary>The columns it reads.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema) => [schema[ImagePreparation.PixelColumn], schema[DetectorPreparation.SizeColumn]];

    /// <param name="pixels">Where the letterboxed pixels go, 3×H×W.</param>
    /// <exception cref="InvalidDataException">The image can't be used; the message is for after "Row 7 of the training data: ".</exception>
    public Letterbox Read(ref VBuffer<byte> pixels)
    {
        try
        {
            _getPixels(ref pixels);
            _getSize(ref _size);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            throw new InvalidDataException($"the image in column '{preparation.InputColumn}' can't be read. {error.Message}", error);
        }
        var (width, height) = ((int)_size.GetItemOrDefault(0), (int)_size.GetItemOrDefault(1));
        return width > 0 && height > 0 && pixels.Length == 3 * preparation.Size.Pixels
            ? Letterbox.Of(width, height, preparation.Size.Width, preparation.Size.Height)
            : throw new InvalidDataException($"column '{preparation.InputColumn}' holds no image.");
    }
}
