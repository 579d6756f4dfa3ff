using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>A small student and a small teacher for methods to be tried on, and what a loss may know of them.</summary>
internal static class Losses
{
    public const int Classes = 5, Batch = 12;
    public static readonly ImageSize Size = new(16, 16);
    private static readonly int[] StudentWidths = [4, 4, 6, 8], TeacherWidths = [6, 6, 10, 12];

    /// <summary>The pair's shapes; with <paramref name="sameWidths"/> the teacher's are the student's.</summary>
    public static LossContext Context(bool teacher = true, bool sameWidths = false, int epochs = 10) => new(
        Shape(StudentWidths), teacher ? Shape(sameWidths ? StudentWidths : TeacherWidths) : null, [.. Labels()], Batch, StepsPerEpoch: 1, epochs, Seed: 1, CPU);

    /// <summary>Faults of a method for a pair, before training.</summary>
    public static string? Refusal(DistillationMethod method, LossContext context) =>
        Record.Exception(() => new MethodLosses([method], context).Dispose())?.Message;

    /// <summary>Trains a small student on one batch by the method's terms alone, without the task's loss.</summary>
    public static MethodRun Train(
        DistillationMethod method, int steps = 80, double rate = .05, bool sameWidths = false, LossContext? context = null, Func<int, LossInput, LossInput>? change = null)
    {
        using var scope = NewDisposeScope();
        using var student = Network(StudentWidths, seed: 1);
        using var teacher = Network(sameWidths ? StudentWidths : TeacherWidths, seed: 2);
        teacher.eval();
        context ??= Context(sameWidths: sameWidths);
        var loss = method.CreateLoss(context);
        var helper = loss.Helper is null ? [] : Modules.Weights(loss.Helper);
        var pixels = tensor(Numbers.Gaussian((int)(Batch * 3 * Size.Pixels), seed: 5), [Batch, 3, Size.Height, Size.Width]);
        var labels = new BatchLabels(tensor(Labels().Select(l => (long)l).ToArray()));
        using var optimizer = optim.SGD([.. student.parameters(), .. loss.Helper?.parameters() ?? []], rate, momentum: .9);
        var (values, gradient) = (new List<double>(), 0.0);
        for (var step = 0; step < steps; step++)
        {
            using var stepScope = NewDisposeScope();
            var shown = pixels.detach().clone().requires_grad_((method.Needs & TeacherParts.Gradients) != 0);
            var known = teacher.call(shown) with { Input = shown };
            var seen = pixels.detach().clone().requires_grad_((method.Uses & BatchParts.InputGradients) != 0);
            var input = new LossInput(student.call(seen) with { Input = seen }, known, labels)
            {
                Epoch = step, Rows = [.. Enumerable.Range(0, Batch)], Pixels = seen, Forward = student.call,
            };
            var total = loss.Compute(change is null ? input : change(step, input)).Aggregate(zeros(1), (sum, term) => sum + term.Value * term.Weight);
            values.Add(total.item<float>());
            optimizer.zero_grad();
            total.backward();
            gradient = Math.Max(gradient, student.parameters().First().grad?.abs().max().item<float>() ?? 0);
            optimizer.step();
        }
        var changed = loss.Helper is not null && Modules.Weights(loss.Helper).Where(w => loss.Helper.named_parameters().Any(p => p.Item1 == w.Key)).All(w => !w.Value.SequenceEqual(helper[w.Key]));
        loss.Helper?.Dispose();
        return new MethodRun(values, gradient, changed);
    }

    private static IEnumerable<int> Labels() => Enumerable.Range(0, Batch).Select(i => i % Classes);

    private static OutputShape Shape(int[] widths)
    {
        using var module = new CifarResNet(8, widths, Classes);
        return module.Describe(Size);
    }

    private static CifarResNet Network(int[] widths, long seed)
    {
        var module = new CifarResNet(8, widths, Classes);
        WeightInitializer.Initialize(module, seed);
        return module;
    }
}

/// <summary>How a method fared on its own.</summary>
/// <param name="Values">The weighted sum of its terms, step by step.</param>
/// <param name="FirstLayerGradient">The largest gradient that reached the student's first layer.</param>
/// <param name="HelperChanged">Whether it has a helper, and every parameter of it moved.</param>
internal sealed record MethodRun(IReadOnlyList<double> Values, double FirstLayerGradient, bool HelperChanged)
{
    /// <summary>The mean of the last five values over the mean of the first two: 0.7 is a fall by 30 %.</summary>
    public double Share => Values.TakeLast(5).Average() / Values.Take(2).Average();
}
