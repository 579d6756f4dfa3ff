using Microsoft.ML.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Scoring;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.Runtime;

/// <summary>A saved detector on many images at a time, held against itself on one at a time.</summary>
public class BulkScorerDetectorTests(SavedDetector saved) : IClassFixture<SavedDetector>
{
    private static readonly ImageSize Size = SavedDetector.Size;

    public static TheoryData<int> Batches => [1, 3, 8, 40];

    [Theory]
    [MemberData(nameof(Batches))]
    public void WhatIsFoundIsWhatOneRowAtATimeFinds(int batchSize)
    {
        using var scorer = saved.Ml.LoadBulkScorer(saved.Zip, batchSize);
        var rowWise = saved.Model.Transform(saved.Data);

        var bulk = scorer.Transform(saved.Data);

        Assert.Equal(SchemaText.Of(rowWise.Schema), SchemaText.Of(bulk.Schema));
        Assert.Equal([2, 1, 0, 3, 1, 1, 0, 0, 0, 0, 2], bulk.GetColumn<uint[]>("PredictedLabel").Select(l => l.Length));
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(rowWise.GetColumn<uint[]>("PredictedLabel"), bulk.GetColumn<uint[]>("PredictedLabel"));
            Assert.Equal(rowWise.GetColumn<string[]>("PredictedName"), bulk.GetColumn<string[]>("PredictedName"));
            Assert.Equal(rowWise.GetColumn<float[]>("Score"), bulk.GetColumn<float[]>("Score"));
            Assert.Equal(rowWise.GetColumn<float[]>("PredictedBoundingBoxes"), bulk.GetColumn<float[]>("PredictedBoundingBoxes"));
            Assert.Equal(rowWise.GetColumn<string>("ImagePath"), bulk.GetColumn<string>("ImagePath"));
        }
    }

    [Fact]
    public void BoxesAreOnTheOriginalImages()
    {
        using var scorer = saved.Ml.LoadBulkScorer(saved.Zip, 4);

        var boxes = scorer.Transform(saved.Data).GetColumn<float[]>("PredictedBoundingBoxes").ToList();

        foreach (var (row, found) in SavedDetector.Drawn().Zip(boxes))
        {
            using var image = row.Image!;
            Numbers.Within(row.BoundingBoxes.Doubles(), found.Doubles(), Math.Max(image.Width, image.Height) / 64.0 + 1);
        }
    }

    [Fact]
    public void RowsKeepTheirOwnColumnsBesideWhatIsFound()
    {
        using var scorer = saved.Ml.LoadBulkScorer(saved.Zip, 4);
        var bulk = scorer.Transform(saved.Ml.Transforms.CopyColumns("Number again", "Number").Fit(saved.Data).Transform(saved.Data));

        var rows = saved.Ml.Data.CreateEnumerable<Scored>(saved.Ml.Transforms.CopyColumns("Again", "Number again").Fit(bulk).Transform(bulk), reuseRowObject: false, ignoreMissingColumns: true).ToList();

        Assert.Equal(saved.Rows.Select(r => r.Number), rows.Select(r => r.Again));
        Assert.Equal(saved.Rows.Select(r => r.ImagePath), rows.Select(r => r.ImagePath));
        Assert.Equal(saved.Model.Transform(saved.Data).GetColumn<string[]>("PredictedName"), rows.Select(r => r.PredictedName));
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void NothingOnAnyImageIsAnAnswer(int batchSize)
    {
        using var scorer = saved.Ml.LoadBulkScorer(saved.Zip, batchSize);
        var empty = saved.Ml.Data.LoadFromEnumerable(saved.Rows.Skip(6).Take(4));

        var bulk = scorer.Transform(empty);

        Assert.Equal([0, 0, 0, 0], bulk.GetColumn<float[]>("Score").Select(s => s.Length));
        Assert.Equal([0, 0, 0, 0], bulk.GetColumn<float[]>("PredictedBoundingBoxes").Select(b => b.Length));
        Assert.Equal([0, 0, 0, 0], bulk.GetColumn<string[]>("PredictedName").Select(n => n.Length));
    }

    [Fact]
    public void NoRowsGiveNone()
    {
        using var scorer = saved.Ml.LoadBulkScorer(saved.Zip);

        var none = scorer.Transform(saved.Ml.Data.LoadFromEnumerable(Array.Empty<SavedDetector.ImageFile>()));

        Assert.Empty(none.GetColumn<float[]>("PredictedBoundingBoxes"));
    }

    [Fact]
    public void ColumnsThatNeedNoScoreReadNoImage()
    {
        using var scorer = saved.Ml.LoadBulkScorer(saved.Zip);
        var missing = saved.Rows.Take(3).Select(r => new SavedDetector.ImageFile { ImagePath = r.ImagePath + ".gone" });

        var bulk = scorer.Transform(saved.Ml.Data.LoadFromEnumerable(missing));

        Assert.Equal(3, bulk.GetColumn<string>("ImagePath").Count());
        Assert.ThrowsAny<Exception>(() => bulk.GetColumn<float[]>("Score").Count());
    }

    /// <summary>Images in memory are gone once they have been resized, and those in files take time to decode.</summary>
    [Fact]
    public void EachImageIsReadOnce()
    {
        var ml = saved.Ml;
        var read = new List<int>();
        void Draw(SavedDetector.ImageFile source, ImageRow target)
        {
            read.Add(source.Number);
            target.Image = SavedDetector.Drawn().ElementAt(source.Number).Image;
        }
        var images = ml.Transforms.CustomMapping<SavedDetector.ImageFile, ImageRow>(Draw, null).Fit(saved.Data);
        using var detector = Detector("Image", images.Transform(saved.Data));
        using var scorer = Scorer(new TransformerChain<ITransformer>(images, detector));

        var found = Scenes.Found(scorer.Transform(saved.Data));

        Assert.Equal(saved.Rows.Select(r => r.Number), read);
        Same(Scenes.Found(saved.Model.Transform(saved.Data)), found);
    }

    [Fact]
    public void AScorerThatIsDisposedOfGivesNoMoreRows()
    {
        using var detector = Detector("Image", Scenes.View(saved.Ml, [.. SavedDetector.Drawn()]));
        var scorer = Scorer(detector);
        var many = Scenes.View(saved.Ml, [.. Enumerable.Range(0, 10 * Environment.ProcessorCount).SelectMany(_ => SavedDetector.Drawn())]);
        using var rows = scorer.Transform(many).GetColumn<float[]>("Score").GetEnumerator();
        Assert.True(rows.MoveNext());

        scorer.Dispose();

        Assert.Contains(nameof(ObjectDisposedException), Assert.ThrowsAny<Exception>(() =>
        {
            while (rows.MoveNext())
            {
            }
        }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesMayBeInMemory()
    {
        IDataView Data() => Scenes.View(saved.Ml, [.. SavedDetector.Drawn()]);
        using var detector = Detector("Image", Data());
        using var scorer = Scorer(detector);

        Same(Scenes.Found(detector.Transform(Data())), Scenes.Found(scorer.Transform(Data())));
    }

    [Fact]
    public void ImagesMayBeTheBytesOfFiles()
    {
        var data = saved.Ml.Data.LoadFromEnumerable(saved.Rows.Select(r => new BytesRow { Bytes = File.ReadAllBytes(r.ImagePath) }));
        using var detector = Detector("Bytes", data);
        using var scorer = Scorer(detector);

        Same(Scenes.Found(saved.Model.Transform(saved.Data)), Scenes.Found(scorer.Transform(data)));
    }

    [Fact]
    public void ARowWithoutAnImageIsAnErrorAndNoPrediction()
    {
        var data = Scenes.View(saved.Ml, Scenes.Row(20, 10), new Scenes.SceneRow());
        using var detector = Detector("Image", data);
        using var scorer = Scorer(detector);

        Assert.Contains(
            "The row has no image", Assert.ThrowsAny<Exception>(() => Scenes.Found(scorer.Transform(data))).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithSeveralSaysSo()
    {
        using var folder = new TemporaryFolder();
        var images = saved.Model.First().Transform(saved.Data);
        using var one = Detector("Image", images);
        using var other = Detector("Image", one.Transform(images));
        saved.Ml.Model.Save(new TransformerChain<ITransformer>(saved.Model.First(), one, other), saved.Data.Schema, folder["two.zip"]);

        Assert.Equal(
            $"'{folder["two.zip"]}' has 2 distilled image classifiers or detectors in it; scoring in batches takes one. Load it with ml.Model.Load, which scores row by row.",
            Assert.Throws<NotSupportedException>(() => saved.Ml.LoadBulkScorer(folder["two.zip"])).Message);
    }

    private BulkScorer Scorer(ITransformer model)
    {
        var session = new BatchSession(ColourDetector.Graph(Size), gpuDeviceId: null, fallbackToCpu: false);
        return new BulkScorer(model, session, 3, session);
    }

    private TransformerChain<ITransformer> Detector(string column, IDataView data) =>
        DetectorChain.Build(saved.Ml, data, new DetectorPreparation(saved.Ml, column, Size), ColourDetector.Graph(Size), Scenes.Classes, new());

    private static void Same(List<(uint[] Labels, float[] Scores, float[] Boxes)> expected, List<(uint[] Labels, float[] Scores, float[] Boxes)> found)
    {
        Assert.Equal(11, found.Count);
        Assert.Equal(expected.Select(f => f.Labels), found.Select(f => f.Labels));
        Assert.Equal(expected.Select(f => f.Scores), found.Select(f => f.Scores));
        Assert.Equal(expected.Select(f => f.Boxes), found.Select(f => f.Boxes));
    }

    private sealed class Scored
    {
        public string ImagePath { get; set; } = "";

        public int Again { get; set; }

        public string[] PredictedName { get; set; } = [];
    }

    private sealed class ImageRow
    {
        [AnySizeImage]
        public MLImage? Image { get; set; }
    }

    private sealed class BytesRow
    {
        public byte[] Bytes { get; set; } = [];
    }
}
