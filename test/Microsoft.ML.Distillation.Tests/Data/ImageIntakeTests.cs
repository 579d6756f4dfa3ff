using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Tests.Data;

public class ImageIntakeTests
{
    private const long Budget = 20L << 20;

    // 18 rows of 640×480 are a block of 16 MiB, of which the budget has room for one.
    private static readonly ImageSize Large = new(640, 480);

    [Fact]
    public void TrainingAndValidationImagesShareTheBudget()
    {
        using var folder = new TemporaryFolder();
        using var channel = ((IHostEnvironment)new MLContext(seed: 1)).Start("test");
        var intake = new ImageIntake(new ImageClassificationDistillationOptions { MemoryBudget = Budget }, channel, folder.Path);
        var progress = new ProgressReporter(null, channel, 1);

        using var training = intake.ReadTraining(Large, progress, Row);
        using var validation = intake.ReadValidation(Large, progress, Row);

        Assert.InRange(training.MemoryBytes, 1, Budget);
        Assert.Equal(0, validation.MemoryBytes);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static PixelStore Row(PixelStore store, string role, RowLog rows)
    {
        store.Add(PixelStore.NoLabel).Clear();
        return store;
    }
}
