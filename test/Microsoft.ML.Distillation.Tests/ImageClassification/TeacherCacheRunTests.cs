namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>The teacher cache in whole runs. Bits are compared, on one thread: these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class TeacherCacheRunTests
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(48);

    [Fact]
    public void ItIsOnByDefaultAndChangesNothing()
    {
        foreach (var augmentation in new[] { ImageAugmentation.None, new ImageAugmentation { CropPadding = 0 } })
        {
            using var cached = Quick.Fit(Options(augmentation, new()), Rows);
            using var uncached = Quick.Fit(Options(augmentation, null), Rows);

            Assert.Equal(uncached.ToOnnx(), cached.ToOnnx());
            Assert.Equal("off: it is switched off", uncached.Report.TeacherCache!.State);
            Assert.InRange(cached.Report.TeacherCache!.HitRate, augmentation.HorizontalFlip ? .3 : .75, .75);
        }
        Assert.NotNull(new ImageClassificationDistillationOptions().TeacherCache);
    }

    [Fact]
    public void ReplayedViewsMakeAnotherStudent()
    {
        var crop = new ImageAugmentation { CropPadding = 1 };
        using var plain = Quick.Fit(Options(crop, new()), Rows);
        using var replayed = Quick.Fit(Options(crop, new() { Views = 2 }), Rows);

        Assert.NotEqual(plain.ToOnnx(), replayed.ToOnnx());
        Assert.StartsWith("off: crop and cutout", plain.Report.TeacherCache!.State, StringComparison.Ordinal);
        Assert.Equal(("on, 2 views of each image", .5), (replayed.Report.TeacherCache!.State, replayed.Report.TeacherCache.HitRate));
        Assert.Equal("memory 2147483648 files 8589934592 views 2", replayed.Report.Options["TeacherCache"]);
    }

    [Fact]
    public void WithoutATeacherThereIsNoneAndNothingIsReplayed()
    {
        var crop = new ImageAugmentation { CropPadding = 1 };
        using var plain = Quick.Fit(Options(crop, new(), teacher: false), Rows);
        using var replayed = Quick.Fit(Options(crop, new() { Views = 2 }, teacher: false), Rows);

        Assert.Null(plain.Report.TeacherCache);
        Assert.Equal(plain.ToOnnx(), replayed.ToOnnx());
    }

    [Fact]
    public void TheLogHearsOfIt()
    {
        var (ml, lines) = (new MLContext(seed: 1), new List<string>());
        ml.Log += (_, e) => lines.Add(e.Message);

        using var student = ml.DistillImageClassification(Options(ImageAugmentation.None, new())).Fit(Drawn.View(ml, Rows));

        // Four epochs of three batches of 16; a block has room for all 48 rows' three logits.
        Assert.Single(lines, line => line.EndsWith("Teacher cache: on, images as they are; 144 of 192 answers reused (75 %), 576 bytes of memory, 0 of files.", StringComparison.Ordinal));
    }

    private static ImageClassificationDistillationOptions Options(ImageAugmentation augmentation, TeacherCacheOptions? cache, bool teacher = true) => new()
    {
        Teacher = teacher ? ColourTeacher.Named(Drawn.Classes) : null,
        Methods = teacher ? [new KnowledgeDistillation()] : [],
        Student = ImageClassifier.ResNet8,
        ImageSize = Quick.Size,
        Epochs = 4,
        BatchSize = 16,
        Augmentation = augmentation,
        TeacherCache = cache,
        Threads = 1,
        Seed = 3,
    };
}
