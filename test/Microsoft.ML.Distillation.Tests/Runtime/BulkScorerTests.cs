using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.Runtime;

/// <summary>A saved model on many images at a time, held against itself on one at a time.</summary>
[Collection(nameof(TrainingTests))]
public class BulkScorerTests(FittedPipeline fitted)
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(25)]
    [InlineData(96)]
    [InlineData(500)]
    public void ScoresAreThoseOfOneRowAtATime(int batchSize)
    {
        using var scorer = fitted.Ml.LoadBulkScorer(fitted.Zip, batchSize);
        var rowWise = fitted.Model.Transform(fitted.Data);

        var bulk = scorer.Transform(fitted.Data);

        Assert.Equal(batchSize, scorer.BatchSize);
        Assert.Equal(SchemaText.Of(rowWise.Schema), SchemaText.Of(bulk.Schema));
        for (var time = 0; time < 2; time++)
        {
            Quick.Close([.. rowWise.GetColumn<float[]>("Score")], [.. bulk.GetColumn<float[]>("Score")], Tolerance);
            Assert.Equal(rowWise.GetColumn<string>("PredictedName"), bulk.GetColumn<string>("PredictedName"));
            Assert.Equal(rowWise.GetColumn<string>("ImagePath"), bulk.GetColumn<string>("ImagePath"));
        }
    }

    [Fact]
    public void RowsKeepTheirOwnColumnsBesideTheirScores()
    {
        using var scorer = fitted.Ml.LoadBulkScorer(fitted.Zip, 7);
        var numbered = fitted.Ml.Transforms.CopyColumns("Number again", "Number").Fit(fitted.Data).Transform(fitted.Data);

        var rows = fitted.Ml.Data.CreateEnumerable<Scored>(fitted.Ml.Transforms.CopyColumns("Again", "Number again").Fit(scorer.Transform(numbered)).Transform(scorer.Transform(numbered)), reuseRowObject: false, ignoreMissingColumns: true).ToList();

        Assert.Equal(fitted.Rows.Select(r => r.Number), rows.Select(r => r.Again));
        Assert.Equal(fitted.Rows.Select(r => r.ImagePath), rows.Select(r => r.ImagePath));
        Quick.Close([.. fitted.Model.Transform(fitted.Data).GetColumn<float[]>("Score")], [.. rows.Select(r => r.Score)], Tolerance);
    }

    // ML.NET shares rows out to threads 128 at a time.
    [Fact]
    public void RowsOfSeveralThreadsKeepTheirOrder()
    {
        var rows = Enumerable.Repeat(fitted.Rows, 5).SelectMany(r => r).Select(r => new PathRow { ImagePath = r.ImagePath, Label = r.Label }).ToList();
        IDataView Data() => fitted.Ml.Data.LoadFromEnumerable(rows);
        using var scorer = fitted.Ml.LoadBulkScorer(fitted.Zip, 7);
        float[][] expected = [.. fitted.Model.Transform(Data()).GetColumn<float[]>("Score")];

        Quick.Close(expected, [.. scorer.Transform(Data()).GetColumn<float[]>("Score")], Tolerance);

        rows[300] = new PathRow { ImagePath = rows[300].ImagePath + ".gone", Label = rows[300].Label };
        var before = new List<float[]>();
        Assert.ThrowsAny<Exception>(() =>
        {
            foreach (var score in scorer.Transform(Data()).GetColumn<float[]>("Score"))
                before.Add(score);
        });
        // What comes after the scores reads some rows ahead itself.
        Assert.InRange(before.Count, 256, 300);
        Quick.Close(expected[..before.Count], [.. before], Tolerance);
    }

    [Fact]
    public void NoRowsGiveNone()
    {
        using var scorer = fitted.Ml.LoadBulkScorer(fitted.Zip);

        var none = scorer.Transform(fitted.Ml.Data.LoadFromEnumerable(Array.Empty<DrawnRow>()));

        Assert.Empty(none.GetColumn<float[]>("Score"));
        Assert.Equal(BulkScorer.DefaultBatchSize, scorer.BatchSize);
    }

    [Fact]
    public void ColumnsThatNeedNoScoreReadNoImage()
    {
        using var scorer = fitted.Ml.LoadBulkScorer(fitted.Zip);
        var missing = fitted.Rows.Take(3).Select(r => new PathRow { ImagePath = r.ImagePath + ".gone", Label = r.Label });

        var bulk = scorer.Transform(fitted.Ml.Data.LoadFromEnumerable(missing));

        Assert.Equal(3, bulk.GetColumn<string>("ImagePath").Count());
        Assert.ThrowsAny<Exception>(() => bulk.GetColumn<float[]>("Score").Count());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(96)]
    public void TheFittedTransformerScoresInBatchesToo(int batchSize)
    {
        var rowWise = fitted.Student.Transform(fitted.StudentData);

        var bulk = fitted.Student.ScoreInBatches(fitted.StudentData, batchSize);

        Assert.Equal(SchemaText.Of(rowWise.Schema), SchemaText.Of(bulk.Schema));
        Quick.Close([.. rowWise.GetColumn<float[]>("Score")], [.. bulk.GetColumn<float[]>("Score")], Tolerance);
        Assert.Equal(rowWise.GetColumn<uint>("PredictedLabel"), bulk.GetColumn<uint>("PredictedLabel"));
        Assert.Throws<ArgumentOutOfRangeException>(() => fitted.Student.ScoreInBatches(fitted.StudentData, 0));
    }

    [Fact]
    public void AGpuThatCantBeUsedIsAnErrorUnlessTheCpuMayStandIn()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new MLContext { GpuDeviceId = 99, FallbackToCpu = false }.LoadBulkScorer(fitted.Zip));

        Assert.StartsWith("GPU 99 is asked for and ONNX Runtime can't use it:", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("set the FallbackToCpu of the MLContext, or leave its GpuDeviceId null.", error.Message, StringComparison.Ordinal);
        using var scorer = new MLContext { GpuDeviceId = 99, FallbackToCpu = true }.LoadBulkScorer(fitted.Zip);
        Quick.Close([.. fitted.Model.Transform(fitted.Data).GetColumn<float[]>("Score")], [.. scorer.Transform(fitted.Data).GetColumn<float[]>("Score")], Tolerance);
    }

    [Fact]
    public void AModelWithNeitherSaysSo()
    {
        using var folder = new TemporaryFolder();
        var path = folder["other.zip"];
        fitted.Ml.Model.Save(fitted.Ml.Transforms.CopyColumns("Other", "Number").Fit(fitted.Data), fitted.Data.Schema, path);

        Assert.Equal(
            $"'{path}' has no distilled image classifier or detector in it; scoring in batches takes one. Load it with ml.Model.Load, which scores row by row.",
            Assert.Throws<NotSupportedException>(() => fitted.Ml.LoadBulkScorer(path)).Message);
    }

    private sealed class Scored
    {
        public string ImagePath { get; set; } = "";

        public int Again { get; set; }

        public float[] Score { get; set; } = [];
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
