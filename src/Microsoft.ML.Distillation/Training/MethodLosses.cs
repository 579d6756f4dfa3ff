using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>The losses of a run's methods, with whatever they train beside the student, and the total they make with the task's.</summary>
internal sealed class MethodLosses : IDisposable
{
    private const long HelperSeedStep = 1L << 32;
    private readonly List<DistillationLoss> _losses = [];
    private readonly TermNames _names;
    private readonly double _taskWeight;
    private readonly bool _hasLabels;

    /// <exception cref="ArgumentException">A method can't be used with this student, teacher or data.</exception>
    public MethodLosses(IReadOnlyList<DistillationMethod> methods, LossContext context)
    {
        Check(methods, context);
        _hasLabels = context.HasLabels;
        _names = new TermNames([.. methods.Select(method => method.Name)]);
        _taskWeight = methods.Aggregate(1.0, (weight, method) => weight * method.TaskWeight);
        Uses = PartsOf(methods);
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

    /// <summary>Looks at the terms' gradients in training, and weighs methods by them where that is wanted; null for neither.</summary>
    public GradientWatch? Watch { get; init; }

    /// <summary>What the methods need of every step.</summary>
    public BatchParts Uses { get; }

    /// <summary>What methods need of a teacher, together.</summary>
    public static TeacherParts NeedsOf(IEnumerable<DistillationMethod> methods) => methods.Aggregate(TeacherParts.None, (parts, method) => parts | method.Needs);

    /// <summary>What these methods together need of every step.</summary>
    public static BatchParts PartsOf(IEnumerable<DistillationMethod> methods) => methods.Aggregate(BatchParts.None, (parts, method) => parts | method.Uses);

    /// <summary>What the methods train beside the student, by the method's place.</summary>
    public IEnumerable<TrainedModule> Helpers => _losses.Index().Where(l => l.Item.Helper is not null).Select(l => new TrainedModule(FormattableString.Invariant($"method {l.Index}"), l.Item.Helper!, l.Item.Exits.Count > 0));

    /// <summary>The early exits of the first method that makes any.</summary>
    public IReadOnlyList<EarlyExit> Exits => _losses.Select(loss => loss.Exits).FirstOrDefault(exits => exits.Count > 0) ?? [];

    /// <returns>The task's loss where there are labels, every method's terms, and last the total that is minimised.</returns>
    public IReadOnlyList<(string Name, Tensor Value)> Compute(LossInput input)
    {
        var terms = new List<(string Name, Tensor Value)>();
        Tensor? total = null;
        if (_hasLabels)
        {
            terms.Add((TermNames.Task, input.Labels.CrossEntropy(input.Student.Logits!)));
            total = terms[0].Value * _taskWeight;
        }
        var computed = _losses.Select(loss => loss.Compute(input)).ToList();
        if (_hasLabels)
            Watch?.See(terms[0].Value, computed, _taskWeight);
        foreach (var (term, method) in computed.SelectMany((own, method) => own.Select(term => (term, method))))
        {
            terms.Add((_names.Of(method, term.Name), term.Value));
            var weighted = term.Value * (term.Weight * (Watch?.Factor(method) ?? 1));
            total = total is null ? weighted : total + weighted;
        }
        terms.Add((TermNames.Total, total!));
        return terms;
    }

    public void Dispose()
    {
        foreach (var loss in _losses)
            loss.Helper?.Dispose();
    }

    /// <summary>Checks, by what student and teacher give, whether the methods can be used together.</summary>
    /// <exception cref="ArgumentException">They can't; the message lists all reasons.</exception>
    public static void Check(IReadOnlyList<DistillationMethod> methods, LossContext context)
    {
        var faults = new Faults("Methods of DistillImageClassification");
        foreach (var method in methods)
        {
            var missing = Missing(method, context);
            faults.AddIf(missing is not null, $"{method.Name} {missing}");
            if (missing is null)
                method.Check(context, faults);
        }
        faults.AddIf(
            !context.HasLabels && methods.All(m => !m.TeachesAtOnce),
            "There are no labels, and none of the methods teaches from the first step on, so that nothing would be minimised until one begins: set SelfAttentionDistillation.Start to 0, or add new KnowledgeDistillation().");
        faults.ThrowIfAny("options");
    }

    private static string? Missing(DistillationMethod method, LossContext context)
    {
        if (!context.HasLabels && method.LearnsFromLabels)
            return DistillationMethod.WithoutLabels;
        if (context.Teacher is not { } teacher)
            return method.Needs == TeacherParts.None ? null : "learns from a teacher, and there is none.";
        if ((method.Needs & TeacherParts.Features) != 0 && teacher.Features.Count == 0)
            return "learns from the teacher's feature maps, and this teacher gives none: name them in its options, or choose a method that learns from logits, such as KnowledgeDistillation.";
        if ((method.Needs & TeacherParts.Embedding) != 0 && teacher.Embedding is null)
            return "learns from the vector before the teacher's classifier, and this teacher gives none: name it in its options, or choose a method that learns from logits, such as KnowledgeDistillation.";
        return null;
    }
}
