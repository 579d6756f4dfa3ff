namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>One thread and one seed: the same bytes. Nothing else may change TorchSharp's number of threads meanwhile, so these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class DeterminismTests
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(48);

    [Fact]
    public void TheSameSeedGivesTheSameStudentBitForBit()
    {
        using var first = Fit(7);
        using var second = Fit(7);

        Assert.Equal(first.ToOnnx(), second.ToOnnx());
        Assert.Equal(first.Report.Terms["total"], second.Report.Terms["total"]);
    }

    [Fact]
    public void AnotherSeedGivesAnotherStudent()
    {
        using var first = Fit(7);
        using var second = Fit(8);

        Assert.NotEqual(first.ToOnnx(), second.ToOnnx());
    }

    [Fact]
    public void WithoutASeedOfItsOwnARunTakesTheContexts()
    {
        using var first = Fit(null, contextSeed: 3);
        using var second = Fit(null, contextSeed: 3);
        using var third = Fit(null, contextSeed: 4);

        Assert.Equal(first.ToOnnx(), second.ToOnnx());
        Assert.NotEqual(first.ToOnnx(), third.ToOnnx());
        Assert.NotEqual(first.Report.Seed, third.Report.Seed);
    }

    // Where pixels are kept is no part of the result.
    [Fact]
    public void PixelsInFilesGiveTheSameStudent()
    {
        using var inMemory = Fit(7);
        using var inFiles = Fit(7, memory: 0);

        Assert.Equal(inMemory.ToOnnx(), inFiles.ToOnnx());
    }

    private static ImageClassificationDistillationTransformer Fit(int? seed, int contextSeed = 1, long memory = 4L << 30)
    {
        var ml = new MLContext(contextSeed);
        return ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Teacher = ColourTeacher.Named(Drawn.Classes),
            Methods = [new KnowledgeDistillation()],
            Student = ImageClassifier.ResNet8,
            ImageSize = Quick.Size,
            Epochs = 2,
            BatchSize = 16,
            Threads = 1,
            Seed = seed,
            MemoryBudget = memory,
        }).Fit(Drawn.View(ml, Rows));
    }
}
