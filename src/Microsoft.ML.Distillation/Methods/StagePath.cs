using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>A stage of the student that learns from another stage of the same student.</summary>
/// <param name="From">The stage that learns: its place in the student's feature maps, from 0, which is the stem's.</param>
/// <param name="To">The stage it learns from.</param>
public sealed record StagePath(int From, int To)
{
    /// <summary>
    /// The paths given, or the automatic ones: each of the deepest stages from the next, two of them as in the paper, or one where the student has no more than
    /// three stages, its stem left out.
    /// </summary>
    internal static IReadOnlyList<StagePath> Resolve(IReadOnlyList<StagePath>? given, OutputShape student)
    {
        if (given is not null)
            return given;
        var deepest = student.Features.Count - 1;
        StagePath[] paths = deepest > 3 ? [new(deepest - 2, deepest - 1), new(deepest - 1, deepest)] : [new(deepest - 1, deepest)];
        return deepest < 2 ? [] : paths;
    }

    /// <summary>Reports paths that name a map there isn't, or lead nowhere.</summary>
    internal static void Check(string option, IReadOnlyList<StagePath>? given, OutputShape student, Faults faults)
    {
        var maps = student.Features;
        foreach (var (from, to) in given ?? [])
        {
            foreach (var place in new[] { from, to }.Distinct().Where(p => p < 0 || p >= maps.Count))
                faults.Add($"{option}: {place} is no feature map of the student; it has {StagePair.List(maps)}.");
            faults.AddIf(from == to, $"{option}: the path from {from} leads to {to}; a stage can't learn from itself.");
        }
    }
}
