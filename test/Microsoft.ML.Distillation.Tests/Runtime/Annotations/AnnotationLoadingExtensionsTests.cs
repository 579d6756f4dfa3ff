using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Runtime.Annotations;

public sealed class AnnotationLoadingExtensionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RowsAreWhatADetectorTrainsOn()
    {
        var data = Load();

        Assert.Equal(
            ["ImagePath: String", "Label: Vector<String>", "BoundingBoxes: Vector<Single>", "Area: Vector<Single>", "IsCrowd: Vector<Boolean>", "Width: Int32", "Height: Int32"],
            data.Schema.Select(c => $"{c.Name}: {c.Type}"));
        Assert.Equal(2, data.GetRowCount());
        Assert.True(data.CanShuffle);
    }

    [Fact]
    public void LabelsBecomeKeysAndPathsImages()
    {
        using (var image = MLImage.CreateFromPixels(4, 3, MLPixelFormat.Rgba32, new byte[48]))
            image.Save(_folder["a.png"]);
        var data = Load();
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.LoadImages("Image", "", "ImagePath"));

        foreach (var row in _ml.Data.CreateEnumerable<Row>(_ml.Data.TakeRows(pipeline.Fit(data).Transform(data), 1), reuseRowObject: false))
        {
            Assert.Equal([1u, 2, 1], row.Label);
            Assert.Equal((4, 3), (row.Image!.Width, row.Image!.Height));
        }
    }

    [Fact]
    public void WhatWasLoadedCanBeEvaluated()
    {
        var data = _ml.Transforms.CopyColumns("PredictedLabel", "Label").Append(_ml.Transforms.CopyColumns("PredictedBoundingBoxes", "BoundingBoxes"))
            .Append(_ml.Transforms.CopyColumns("Score", "Area")).Fit(Load()).Transform(Load());

        var metrics = _ml.EvaluateObjectDetection(data, areaColumnName: "Area", crowdColumnName: "IsCrowd");

        Assert.Equal((2, 1.0), (metrics.Images, Math.Round(metrics.MeanAveragePrecision, 12)));
    }

    [Fact]
    public void PathsAreNeeded()
    {
        Assert.Throws<ArgumentException>(() => _ml.LoadCocoAnnotations(""));
        Assert.Throws<ArgumentException>(() => _ml.LoadPascalVocAnnotations("x", ""));
        Assert.Throws<ArgumentException>(() => _ml.LoadYoloAnnotations("x", "x", ""));
        Assert.Throws<ArgumentException>(() => _ml.LoadVottAnnotations(""));
    }

    private IDataView Load() => _ml.LoadCocoAnnotations(_folder.Write("a.json", """
        {"images":[{"id":1,"file_name":"a.png"},{"id":2,"file_name":"b.png"}],"categories":[{"id":1,"name":"cat"},{"id":2,"name":"dog"}],
         "annotations":[{"image_id":1,"category_id":2,"bbox":[0,0,2,2]},{"image_id":1,"category_id":1,"bbox":[5,1,2,2]},{"image_id":1,"category_id":2,"bbox":[9,1,3,2]}]}
        """));

    private sealed class Row
    {
        [KeyType(2)]
        public uint[] Label { get; set; } = [];

        [AnySizeImage]
        public MLImage? Image { get; set; }
    }
}
