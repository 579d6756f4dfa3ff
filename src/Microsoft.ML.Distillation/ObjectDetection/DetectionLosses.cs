using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The task's and the methods' terms of a detection run, with whatever the methods train beside the student, and the total they make.</summary>
internal sealed class DetectionLosses : IDisposable
{
    private const long HelperSeedStep = 1L << 32;
    private readonly Func<DetectionLossInput, IReadOnlyList<LossTerm>> _task;
    private readonly List<DetectionLoss> _losses = [];

    /// <param name="methods">The methods, in the order of their terms.</param>
    /// <param name="context">What is known before the run.</param>
    /// <param name="task">The task's terms.</param>
    /// <exception cref="ArgumentException">A method can't be used with this student and teacher.</exception>
    public DetectionLosses(IReadOnlyList<DetectionMethod> methods, DetectionLossContext context, Func<DetectionLossInput, IReadOnlyList<LossTerm>> task)
    {
        _task = task;
        Check(methods, context);
        try
        {
            for (var i = 0; i < methods.Count; i++)
            {
                // Each method has helpers of its own: two of a kind must not start from the same weights.
                _losses.Add(methods[i].CreateLoss(context with { Seed = context.Seed + i * HelperSeedStep }));
                _losses[^1].Helper?.to(context.Device);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the methods train beside the student, one an entry, null where a method trains nothing.</summary>
    public IReadOnlyList<nn.Module?> Helpers => [.. _losses.Select(loss => loss.Helper)];

    /// <summary>What methods need of a teacher, together.</summary>
    public static DetectionParts NeedsOf(IEnumerable<DetectionMethod> methods) => methods.Aggregate(DetectionParts.None, (parts, method) => parts | method.Needs);

    /// <returns>The task's terms, every method's, and last the total that is minimised.</returns>
    public IReadOnlyList<(string Name, Tensor Value)> Compute(DetectionLossInput input)
    {
        var terms = new List<(string Name, Tensor Value)>();
        Tensor? total = null;
        foreach (var term in _task(input).Concat(_losses.SelectMany(loss => loss.Compute(input))))
        {
            terms.Add((Unique(term.Name, terms), term.Value));
            var weighted = term.Value * term.Weight;
            total = total is null ? weighted : total + weighted;
        }
        terms.Add(("total", total!));
        return terms;
    }

    public void Dispose()
    {
        foreach (var loss in _losses)
            loss.Helper?.Dispose();
    }

    // The same method may be there twice, with other options.
    private static string Unique(string name, List<(string Name, Tensor Value)> terms)
    {
        var unique = name;
        for (var count = 2; terms.Any(t => t.Name == unique); count++)
            unique = $"{name} {count}";
        return unique;
    }

    /// <summary>Checks, by what student and teacher give, whether the methods can be used.</summary>
    /// <exception cref="ArgumentException">One can't; the message lists all reasons.</exception>
    public static void Check(IReadOnlyList<DetectionMethod> methods, DetectionLossContext context)
    {
        var faults = new Faults("Methods of DistillObjectDetection");
        foreach (var method in methods)
        {
            var missing = Missing(method, context.Teacher);
            faults.AddIf(missing is not null, $"{method.Name} {missing}");
            if (missing is null)
                method.Check(context, faults);
        }
        faults.ThrowIfAny("options");
    }

    private static string? Missing(DetectionMethod method, DetectorShape? teacher)
    {
        if (teacher is null)
            return method.Needs == DetectionParts.None ? null : "learns from a teacher, and there is none.";
        if ((method.Needs & DetectionParts.Features) != 0 && teacher.Features.Count == 0)
            return "learns from the feature maps of the teacher's neck, and this teacher gives none: name them in its options, or choose a method that learns from predictions.";
        if ((method.Needs & DetectionParts.Heads) != 0 && !teacher.HasHeads)
            return "learns from the teacher's raw predictions, and this teacher gives none: choose a method that learns from feature maps, such as FocalGlobalDistillation.";
        return null;
    }
}
