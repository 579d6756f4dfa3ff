using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Students;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>What two small detectors give, for methods to be tried on without the networks.</summary>
internal static class Detectors
{
    public const int Batch = 2, Classes = 3;
    public static readonly ImageSize Input = new(64, 32);
    public static readonly AnchorGrid Anchors = new([new AnchorLevel(8, [(7, 9), (12, 8)]), new AnchorLevel(16, [(16, 20), (30, 14)])]);

    public static DetectionLossContext Context(bool yolo = true, bool sameWidths = false, bool teacher = true, int batch = 16) => new(
        Shape(yolo, [4, 6]), teacher ? Shape(yolo, sameWidths ? [4, 6] : [6, 10]) : null, Input, batch, Seed: 1, CPU);

    public static DetectorShape Shape(bool yolo, int[] widths) => new(
        Classes, [new MapShape("P3", widths[0], 4, 8), new MapShape("P4", widths[1], 2, 4)], yolo ? Anchors : null);

    public static string? Fault(DetectionMethod method)
    {
        var faults = new Faults("x");
        method.Validate(faults);
        return Record.Exception(() => faults.ThrowIfAny("p"))?.Message;
    }

    public static string? Refusal(DetectionMethod method, DetectionLossContext context) =>
        Record.Exception(() => new DetectionLosses([method], context, _ => []).Dispose())?.Message;

    /// <summary>One forward, a function of the seed.</summary>
    public static DetectionOutput Output(DetectorShape shape, int seed, bool gradients = false)
    {
        var heads = shape.Features.Select((map, i) => Random([Batch, 2, map.Height, map.Width, 5 + Classes], seed + 10 * i));
        var maps = shape.Features.Select((map, i) => Random([Batch, map.Channels, map.Height, map.Width], seed + 10 * i + 5));
        return new DetectionOutput([.. heads], [.. maps]);

        Tensor Random(long[] size, int salt) => tensor(Numbers.Gaussian((int)size.TotalSize(), salt), size).requires_grad_(gradients);
    }

    public static DetectionTargets Targets() => DetectionTargets.Create(
        tensor(new float[] { 0, 1, 3, 2, 20, 13, 0, 0, 10, 1, 63, 31, 1, 2, 40, 10, 60, 29 }, [3, 6]), Batch, CPU);

    /// <summary>Moves what a student gives, by the method's terms alone.</summary>
    public static MethodRun Train(DetectionMethod method, int steps = 60, DetectionLossContext? context = null)
    {
        using var scope = NewDisposeScope();
        context ??= Context();
        var loss = method.CreateLoss(context);
        var before = loss.Helper is null ? [] : Modules.Weights(loss.Helper);
        var (student, teacher, targets) = (Output(context.Student, seed: 1, gradients: true), Output(context.Teacher!, seed: 2), Targets());
        var leaves = student.Heads.Concat(student.Features).Select(leaf => new Parameter(leaf.detach())).ToList();
        var moved = new DetectionOutput([.. leaves.Take(student.Heads.Count)], [.. leaves.Skip(student.Heads.Count)]);
        using var optimizer = optim.AdamW([.. leaves, .. loss.Helper?.parameters() ?? []], lr: .05, weight_decay: 0);
        var (values, gradient) = (new List<double>(), 0.0);
        for (var step = 0; step < steps; step++)
        {
            using var stepScope = NewDisposeScope();
            var total = loss.Compute(new DetectionLossInput(moved, teacher, targets)).Aggregate(zeros(1), (sum, term) => sum + term.Value * term.Weight);
            values.Add(total.item<float>());
            optimizer.zero_grad();
            total.backward();
            gradient = Math.Max(gradient, leaves.Max(leaf => leaf.grad?.abs().max().item<float>() ?? 0));
            optimizer.step();
        }
        var changed = loss.Helper is not null && Modules.Weights(loss.Helper).All(w => !w.Value.SequenceEqual(before[w.Key]));
        loss.Helper?.Dispose();
        return new MethodRun(values, gradient, changed);
    }

    public static void Differ(DetectionMethod one, DetectionMethod other, DetectionLossContext? context = null) =>
        Assert.NotEqual(Train(one, steps: 2, context).Values, Train(other, steps: 2, context).Values);
}
