using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>Reads the images of one cursor's rows.</summary>
internal sealed class ImageColumnsReader : IDisposable
{
    private readonly ValueGetter<MLImage?>? _getImage;
    private readonly ValueGetter<VBuffer<float>>? _getValues;
    private readonly ValueGetter<VBuffer<long>>? _getSize;
    private readonly int _pixels;
    private MLImage? _image;
    private VBuffer<long> _size;

    /// <param name="pixelCount">Values of an image.</param>
    public ImageColumnsReader(DataViewRow row, ImageColumns columns, int pixelCount)
    {
        if (columns.Pixels.Type is ImageDataViewType)
            _getImage = row.GetGetter<MLImage?>(columns.Pixels);
        else
            _getValues = row.GetGetter<VBuffer<float>>(columns.Pixels);
        _getSize = columns.Size is { } size ? row.GetGetter<VBuffer<long>>(size) : null;
        _pixels = pixelCount / 3;
    }

    public void Read(ScoredImage target)
    {
        if (_getImage is not null)
        {
            _getImage(ref _image);
            target.Pixels.Take(_image, _pixels);
        }
        else
        {
            target.Pixels.Take(_getValues!);
        }
        if (_getSize is null)
            return;
        _getSize(ref _size);
        _size.CopyTo(target.Size);
    }

    /// <summary>Frees the last row's image, as what extracts pixels in ML.NET does.</summary>
    public void Dispose() => _image?.Dispose();
}
