using Microsoft.ML.Distillation.ObjectDetection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>By figures of the whole process: these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class DetectionMemoryTests
{
    // The pixels of a batch are 2.25 MiB as floats; 100 batches that kept theirs would keep 225 MiB.
    private const long Tolerance = 45L << 20;

    [Fact]
    public void BatchesLeaveNothingBehind()
    {
        using var data = AugmentedScenes.Data(128);
        var augmentation = new DetectionAugmentation();
        var (loader, renderer) = (new DetectionLoader(data, augmentation, 64, seed: 1, epochs: 1000), new BatchRenderer(AugmentedScenes.Size, augmentation, CPU));
        var (memory, tensors, steps) = (0L, 0L, 0);
        for (var epoch = 0; epoch < 60; epoch++)
        {
            foreach (var batch in loader.Epoch(epoch))
            {
                using (var scope = NewDisposeScope())
                    renderer.Render(batch);
                if (++steps == 20)
                    (memory, tensors) = (Environment.WorkingSet, Tensor.TotalCount);
                if (steps >= 20)
                    Assert.Equal(tensors, Tensor.TotalCount);
            }
        }
        Assert.Equal(120, steps);
        Assert.InRange(Environment.WorkingSet - memory, long.MinValue, Tolerance);
    }
}
