using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>The stages of a student after which early exits branch off: places in its feature maps, from 0, which is the stem's.</summary>
internal static class ExitStages
{
    /// <summary>The stages given, shallowest first, or the automatic ones: all between the stem and the deepest, whose exit is the student itself.</summary>
    public static IReadOnlyList<int> Resolve(IReadOnlyList<int>? given, OutputShape student) =>
        given is not null ? [.. given.Order()] : [.. Enumerable.Range(1, Math.Max(0, student.Features.Count - 2))];

    public static void Validate(string method, IReadOnlyList<int>? given, Faults faults)
    {
        faults.AddIf(given is { Count: 0 }, $"{method}.Stages is empty, so nothing would be learned; name stages, or leave it null for all.");
        faults.AddIf(given is not null && given.Distinct().Count() < given.Count, $"{method}.Stages names a stage twice.");
    }

    public static void Check(string method, IReadOnlyList<int>? given, OutputShape student, Faults faults)
    {
        var maps = student.Features;
        foreach (var stage in given ?? [])
        {
            faults.AddIf(
                stage < 0 || stage >= maps.Count - 1,
                $"{method}.Stages: {stage} is no feature map of the student before its deepest, whose exit is the student's own; it has {StagePair.List(maps)}.");
        }
        faults.AddIf(
            Resolve(given, student).Count == 0, $"{method} needs two stages beside the stem; the student has {StagePair.List(maps)}. Choose a deeper student.");
    }

    /// <summary>The stages as an option's text.</summary>
    public static string Text(IReadOnlyList<int>? given) => given is null ? "automatic" : string.Join(", ", given);
}
