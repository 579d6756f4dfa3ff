using static Microsoft.ML.Distillation.Tests.Training.Loops;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>TorchSharp's generator is the process's: a checkpoint need not hold it, as long as no run draws from it. Others must not meanwhile, so this runs alone.</summary>
[Collection(nameof(NoParallelization))]
public class RandomnessTests
{
    [Fact]
    public void ARunDrawsNothingFromTheProcesssGenerator()
    {
        using var before = get_rng_state();
        Run(Settings with
        {
            Methods = [new KnowledgeDistillation(), new ProjectorEnsemble(), new DeepSupervision()],
            Augmentation = new ImageAugmentation { CutoutSize = 2, Mixup = .4, CutMix = 1 },
        }, validate: true);
        Run(Settings with { Methods = [new ContrastiveDistillation { Negatives = 30 }] });
        using var after = get_rng_state();

        Assert.True(before.bytes.SequenceEqual(after.bytes), "The generator's state has changed.");
    }
}
