using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Several teachers as one. At temperature T it says <c>p = Σ_k w_k·softmax(z_k/T)</c>, Σw = 1: the mean of its members' softened probabilities, not of
/// their logits (Hinton, Vinyals, Dean: "Distilling the knowledge in a neural network", 2015, https://arxiv.org/abs/1503.02531, section 1).
/// </summary>
/// <remarks>
/// Members may be of any kind, ensembles included, with input sizes and normalisations of their own. Each one's classes are matched to the labels' by its
/// own class names. Where a method wants one set of logits, they are <c>log p</c> at T = 1. Feature maps and the embedding are those of the first
/// member, which alone is run where no method asks for logits. Gradients are there only if every member can give them; those by the input are
/// by the stored pixels, on the scale 0…1. All members are loaded and run at every step, so memory and time are their sum.
/// </remarks>
public sealed class EnsembleTeacher : Teacher
{
    /// <summary>Puts teachers together.</summary>
    /// <param name="members">At least one.</param>
    public EnsembleTeacher(params Teacher[] members)
    {
        ArgumentNullException.ThrowIfNull(members);
        Members = [.. members];
    }

    /// <summary>The teachers it is made of.</summary>
    public IReadOnlyList<Teacher> Members { get; }

    /// <summary>How much each member counts; they are divided by their sum.</summary>
    /// <value>One for each member, above 0; default null, for all alike.</value>
    public IReadOnlyList<double>? Weights { get; init => field = value?.ToArray(); }

    /// <inheritdoc/>
    public override string Name => $"ensemble of {Members.Count} ({string.Join("; ", Members.Select(m => m.Name))})";

    /// <summary>The classes that all members know, in the order of the first one's outputs; null when a member does not say its own.</summary>
    public override IReadOnlyList<string>? ClassNames => Common(m => m.ClassNames);

    internal override string Identity => $"ensemble of {Members.Count} ({string.Join("; ", Members.Select(m => m.Identity))})";

    internal override IReadOnlyList<string>? FindClassNames(IDataView? rows) => Common(m => m.FindClassNames(rows));

    internal override void Validate(Faults faults)
    {
        faults.AddIf(Members.Count == 0, "EnsembleTeacher has no members; give it at least one teacher.");
        faults.AddIf(Members.Any(m => m is null), "EnsembleTeacher has a null among its members; leave it out.");
        foreach (var member in Members.Where(m => m is not null))
            member.Validate(faults);
        if (Weights is null)
            return;
        faults.AddIf(Weights.Count != Members.Count, $"EnsembleTeacher.Weights has {Weights.Count} values for {Members.Count} members; give one for each.");
        foreach (var weight in Weights.Where(w => !(w > 0 && double.IsFinite(w))))
            faults.Add($"EnsembleTeacher.Weights holds {weight}; every weight must be above 0.");
    }

    internal override void Check(ImageAugmentation augmentation, Faults faults)
    {
        foreach (var member in Members.Where(m => m is not null))
            member.Check(augmentation, faults);
    }

    internal override TeacherSession Open(TeacherSettings settings)
    {
        var weights = Weights ?? [.. Members.Select(_ => 1.0)];
        return new EnsembleTeacherSession(Members, [.. weights.Select(w => w / weights.Sum())], settings);
    }

    private IReadOnlyList<string>? Common(Func<Teacher, IReadOnlyList<string>?> classesOf)
    {
        var classes = Members.Select(classesOf).ToList();
        return classes.Any(c => c is null) ? null : classes.Skip(1).Aggregate(classes[0]!, (common, own) => [.. common.Intersect(own!, StringComparer.Ordinal)]);
    }
}
