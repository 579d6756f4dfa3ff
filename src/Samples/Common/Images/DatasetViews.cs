using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Samples.Common.Images;

/// <summary>A data set's rows as ML.NET takes them: labels as keys, images by their path.</summary>
internal sealed class DatasetViews
{
    private readonly MLContext _ml;
    private readonly ITransformer _labels;

    public DatasetViews(MLContext ml, Dataset dataset)
    {
        _ml = ml;
        // Keys by occurrence would depend on which image comes first; given by hand they are alphabetical.
        var classes = ml.Data.LoadFromEnumerable(dataset.Classes.Select(name => new ClassName { Label = name }));
        _labels = ml.Transforms.Conversion.MapValueToKey("Label", keyData: classes).Fit(ml.Data.LoadFromEnumerable(dataset.Test));
    }

    /// <summary>The rows with their labels as keys.</summary>
    public IDataView Keyed(IReadOnlyList<ImageRow> rows) => _labels.Transform(_ml.Data.LoadFromEnumerable(rows));

    /// <summary>The same with the images themselves, for a teacher to look at.</summary>
    public IDataView WithImages(IReadOnlyList<ImageRow> rows)
    {
        var view = Keyed(rows);
        return LoadImages().Fit(view).Transform(view);
    }

    /// <summary>The step from a row's path, which is a full one, to its image.</summary>
    public ImageLoadingEstimator LoadImages() => _ml.Transforms.LoadImages("Image", "", "ImagePath");

    private sealed class ClassName
    {
        public string Label { get; set; } = "";
    }
}
