using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Evaluation;

public class HeldOutImagesTests
{
    private static readonly ImageSize Size = new(2, 2);

    [Fact]
    public void ANetworkIsAskedAboutEveryImageOnceBatchByBatch()
    {
        using var store = Store(7);
        var asked = new List<int[]>();
        var look = new HeldOutImages(store, null, batch: 3, CPU, CancellationToken.None).Look((pixels, rows) =>
        {
            asked.Add([.. rows]);
            Assert.False(is_grad_enabled());
            // The first pixel is the image's place: the logit of class 1 is its half.
            var place = pixels.select(3, 0).select(2, 0).select(1, 0);
            return new ModelOutput(stack([zeros_like(place), place / 2 - 1.25], 1), [], stack([place, place + 1], 1));
        });

        Assert.Equal([[0, 1, 2], [3, 4, 5], [6]], asked);
        Assert.Equal([0, 0, 0, 1, 1, 1, 1], look.Scores!.Predicted);
        Assert.Equal(store.Labels, look.Scores.Labels);
        Numbers.Within([.. Enumerable.Range(0, 7).Select(i => 1 / (1 + Math.Exp(-Math.Abs(i / 2.0 - 1.25))))], [.. look.Scores.Confidences.Doubles()], 1e-6);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => new float[] { i, i + 1 }), look.Vectors);
    }

    [Fact]
    public void ANetworkWithoutClassesHasNoScores()
    {
        using var store = Store(4);
        var look = new HeldOutImages(store, null, batch: 3, CPU, CancellationToken.None).Look((pixels, _) => new ModelOutput(null, [], null));

        Assert.Equal((null, null), (look.Scores, look.Vectors));
    }

    [Fact]
    public void OfManyImagesEvenlySpacedOnesGiveTheirVectors()
    {
        using var store = Store(5000);
        var images = new HeldOutImages(store, null, batch: 512, CPU, CancellationToken.None);

        Assert.Equal(2000, images.VectorRows.Count);
        Assert.Equal((0, 2, 5, 4997), (images.VectorRows[0], images.VectorRows[1], images.VectorRows[2], images.VectorRows[^1]));
        Assert.Equal(2000, images.Look((pixels, rows) => new ModelOutput(null, [], ones(rows.Count, 1))).Vectors!.Count);
    }

    [Fact]
    public void ItStopsWhenItIsCancelled()
    {
        using var store = Store(4);
        Assert.Throws<OperationCanceledException>(() => new HeldOutImages(store, null, batch: 3, CPU, new CancellationToken(canceled: true)).Look((_, _) => new ModelOutput(null, [], null)));
    }

    private static PixelStore Store(int rows)
    {
        var store = new PixelStore(Size, PixelStore.DefaultMemoryBudget, Path.GetTempPath());
        for (var i = 0; i < rows; i++)
            store.Add(i % 3).Fill((byte)i);
        return store;
    }
}
