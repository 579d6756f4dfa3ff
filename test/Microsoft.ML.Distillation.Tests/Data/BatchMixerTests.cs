using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Data;

public class BatchMixerTests
{
    private const int Batch = 6, Height = 5, Width = 8, Image = 3 * Height * Width, Classes = 4;
    private static readonly float[] Pixels = [.. Enumerable.Range(0, Batch * Image).Select(i => (float)((i * 37) % 251))];
    private static readonly long[] Labels = [3, 1, 0, 2, 1, 3];

    [Theory]
    [InlineData(1, 0)]
    [InlineData(.2, 0)]
    [InlineData(0, 1)]
    [InlineData(0, .3)]
    [InlineData(1, 1)]
    public void ItDoesWhatPlainLoopsDo(double mixup, double cutMix)
    {
        for (var step = 0L; step < 200; step++)
        {
            using var scope = NewDisposeScope();

            var (pixels, labels) = Mixed(mixup, cutMix, step);

            var (expected, partners, share) = Reference(mixup, cutMix, step);
            Numbers.Within(expected, Numbers.Of(pixels), 255 * 1e-6);
            Assert.Equal(partners.Select(p => (double)Labels[p]), Numbers.Of(labels.Second!));
            Assert.Equal(Labels.Select(l => (double)l), Numbers.Of(labels.First));
            Assert.Equal(share, labels.Share, 1e-12);
        }
    }

    [Fact]
    public void WithoutMixingNothingChanges()
    {
        using var scope = NewDisposeScope();

        var (pixels, labels) = Mixed(0, 0, step: 3);

        Assert.Equal(Pixels, Numbers.Floats(pixels));
        Assert.Equal((null, 1.0), (labels.Second, labels.Share));
    }

    [Fact]
    public void CutMixsShareIsTheAreaThatIsReallyPasted()
    {
        for (var step = 0L; step < 200; step++)
        {
            using var scope = NewDisposeScope();
            // Every image has a number of its own in all pixels, so that pasted pixels show, unless an image met itself.
            var numbered = arange(Batch, ScalarType.Float32).reshape(Batch, 1, 1, 1) * ones(Batch, 3, Height, Width);

            var (pixels, labels) = new BatchMixer(new() { CutMix = 1 }, seed: 7).Mix(numbered.clone(), tensor(Enumerable.Range(0, Batch).Select(i => (long)i).ToArray()), step);

            var (own, second) = (Numbers.Of(pixels), Numbers.Of(labels.Second!));
            for (var i = 0; i < Batch; i++)
            {
                var pasted = own.Skip(i * Image).Take(Image).Count(v => v != i) / (double)Image;
                Assert.Equal(second[i] == i ? 0 : 1 - labels.Share, pasted, 1e-12);
            }
        }
    }

    // Of 2,000 steps: Beta(1, 1) is uniform, with deviation √(1/12/2000) = .0065 of its mean; the choice has deviation √(¼/2000) = .011. Both by 4.5 of them.
    [Fact]
    public void SharesAndChoicesHaveTheirDistribution()
    {
        var shares = new List<double>();
        var cut = 0;
        for (var step = 0L; step < 2000; step++)
        {
            using var scope = NewDisposeScope();
            var labels = new BatchMixer(new() { Mixup = 1 }, seed: 7).Mix(zeros(2, 3, 1, 1), zeros(2, ScalarType.Int64), step).Labels;
            shares.Add(labels.Share);
            // Cut from images of one pixel shares are 0 or 1; blended they are in between.
            cut += new BatchMixer(new() { Mixup = 1, CutMix = 1 }, seed: 7).Mix(zeros(2, 3, 1, 1), zeros(2, ScalarType.Int64), step).Labels.Share is 0 or 1 ? 1 : 0;
        }

        Assert.Equal(.5, shares.Average(), .03);
        Assert.Equal(.25, shares.Count(s => s < .25) / 2000.0, .045);
        Assert.Equal(.5, cut / 2000.0, .05);
    }

    [Theory]
    [InlineData(.7)]
    [InlineData(0)]
    [InlineData(1)]
    public void TheTaskLossIsCrossEntropyWithSoftLabels(double share)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(Numbers.Gaussian(Batch * Classes, seed: 3), [Batch, Classes]).to(ScalarType.Float64);
        var (first, second) = (tensor(Labels), tensor(Labels.Reverse().ToArray()));

        var soft = OneHot(first) * share + OneHot(second) * (1 - share);
        var expected = -(soft * nn.functional.log_softmax(logits, 1)).sum() / Batch;

        Numbers.Close(Numbers.Of(expected), Numbers.Of(new BatchLabels(first, second, share).CrossEntropy(logits)), 1e-14);

        static Tensor OneHot(Tensor labels) => nn.functional.one_hot(labels, Classes).to(ScalarType.Float64);
    }

    private static (Tensor Pixels, BatchLabels Labels) Mixed(double mixup, double cutMix, long step) =>
        new BatchMixer(new() { Mixup = mixup, CutMix = cutMix }, seed: 5).Mix(tensor(Pixels, [Batch, 3, Height, Width]), tensor(Labels), step);

    /// <summary>The documented draws in their order, then pixel by pixel.</summary>
    private static (double[] Pixels, int[] Partners, double Share) Reference(double mixup, double cutMix, long step)
    {
        var random = new CounterRandom(5, RandomPurpose.Mixing, step);
        var cut = cutMix > 0 && (mixup == 0 || random.NextDouble() < .5);
        var share = BetaDistribution.Draw(ref random, cut ? cutMix : mixup);
        var partners = random.NextPermutation(Batch);
        var (wide, high) = (Math.Round(Width * Math.Sqrt(1 - share)), Math.Round(Height * Math.Sqrt(1 - share)));
        var (left, top) = cut ? (random.NextInt(Width) - Math.Floor(wide / 2), random.NextInt(Height) - Math.Floor(high / 2)) : (0, 0);
        var (result, pasted) = (new double[Pixels.Length], 0);
        for (var i = 0; i < result.Length; i++)
        {
            var (x, y) = (i % Width, i / Width % Height);
            var other = Pixels[partners[i / Image] * Image + i % Image];
            var inside = cut && x >= left && x < left + wide && y >= top && y < top + high;
            pasted += inside ? 1 : 0;
            result[i] = inside ? other : cut ? Pixels[i] : share * Pixels[i] + (1 - share) * other;
        }
        return (result, partners, cut ? 1 - pasted / (double)result.Length : share);
    }
}
