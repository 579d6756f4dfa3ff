using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class DetectionLossesTests
{
    [Fact]
    public void TheTotalIsTheWeightedSumOfTaskAndMethods()
    {
        using var scope = NewDisposeScope();
        var context = Detectors.Context(batch: 32);
        using var loss = new YoloLoss(new YoloLossOptions(), Detectors.Anchors, Detectors.Classes);
        DetectionMethod[] methods = [new YoloOutputDistillation(), new YoloFeatureDistillation(), new YoloFeatureDistillation { WeightByObjectness = true }];
        using var losses = new DetectionLosses(methods, context, seen => loss.Compute(seen.Student.Heads, seen.Targets));
        var input = new DetectionLossInput(Detectors.Output(context.Student, 1, gradients: true), Detectors.Output(context.Teacher!, 2), Detectors.Targets());

        var terms = losses.Compute(input);

        Assert.Equal(
            ["box", "objectness", "class", "output box", "output objectness", "output class", "feature", "feature 2", "total"], terms.Select(term => term.Name));
        var scale = Detectors.Input.Pixels / 409600.0;
        double[] weights = [.075 * 2, 1.5 * scale * 2, .5 * 3 / 80 * 1.5 * 2, .75, 15 * scale, 7.5 * 3 / 80, .1, .1];
        var expected = weights.Zip(terms, (weight, term) => weight * term.Value.item<float>()).Sum();
        Assert.Equal(expected, terms[^1].Value.item<float>(), 1e-4 * expected);
        Assert.Equal([false, true, true], losses.Helpers.Select(helper => helper is not null));
        Assert.NotEqual(Numbers.Floats(losses.Helpers[1]!.parameters().First()), Numbers.Floats(losses.Helpers[2]!.parameters().First()));
        Assert.Equal(DetectionParts.Heads | DetectionParts.Features, DetectionLosses.NeedsOf(methods));
    }

    [Fact]
    public void AllFaultsAreReportedTogether()
    {
        var context = Detectors.Context();
        var bare = context with { Teacher = context.Teacher! with { Features = [], HasHeads = false } };

        var message = Assert.Throws<ArgumentException>(() => new DetectionLosses([new FocalGlobalDistillation(), new YoloOutputDistillation()], bare, _ => [])).Message;

        Assert.Contains("2 faults", message, StringComparison.Ordinal);
        Assert.Contains("FocalGlobalDistillation learns from the feature maps of the teacher's neck, and this teacher gives none", message, StringComparison.Ordinal);
        Assert.Contains("YoloOutputDistillation learns from the teacher's raw predictions, and this teacher gives none", message, StringComparison.Ordinal);
        Assert.Contains("learns from a teacher, and there is none", Detectors.Refusal(new YoloOutputDistillation(), Detectors.Context(teacher: false)), StringComparison.Ordinal);
    }
}

/// <summary>What the losses leave behind, by figures of the whole process: these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class DetectionLossMemoryTests
{
    [Fact]
    public void NoTensorOutlivesAStep()
    {
        using var scope = NewDisposeScope();
        var context = Detectors.Context();
        var task = new YoloLoss(new YoloLossOptions(), Detectors.Anchors, Detectors.Classes);
        using var losses = new DetectionLosses(
            [new YoloOutputDistillation(), new YoloFeatureDistillation(), new FocalGlobalDistillation()], context, seen => task.Compute(seen.Student.Heads, seen.Targets));
        var input = new DetectionLossInput(Detectors.Output(context.Student, 1, gradients: true), Detectors.Output(context.Teacher!, 2), Detectors.Targets());
        var counts = new List<long>();
        for (var step = 0; step < 4; step++)
        {
            using (NewDisposeScope())
                losses.Compute(input)[^1].Value.backward();
            counts.Add(Tensor.TotalCount);
        }

        Assert.Equal(counts[1], counts[^1]);
    }
}
