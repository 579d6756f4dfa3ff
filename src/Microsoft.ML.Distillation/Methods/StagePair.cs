using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>A feature map of the student and the one of the teacher it learns from.</summary>
/// <param name="Student">Place in the student's feature maps, from 0, which is the stem's.</param>
/// <param name="Teacher">Place in the teacher's feature maps, from 0.</param>
public sealed record StagePair(int Student, int Teacher)
{
    /// <summary>The pairs given, or the automatic ones: deepest with deepest and so on backwards, as many as both have, the student's stem left out.</summary>
    internal static IReadOnlyList<StagePair> Resolve(IReadOnlyList<StagePair>? given, OutputShape student, OutputShape teacher)
    {
        if (given is not null)
            return given;
        var count = Math.Min(student.Features.Count - (student.HasStem ? 1 : 0), teacher.Features.Count);
        return [.. Enumerable.Range(1, Math.Max(0, count)).Reverse().Select(i => new StagePair(student.Features.Count - i, teacher.Features.Count - i))];
    }

    /// <summary>Reports pairs that name a map there isn't.</summary>
    internal static void Check(string option, IReadOnlyList<StagePair>? given, LossContext context, Faults faults)
    {
        var (student, teacher) = (context.Student.Features, context.Teacher!.Features);
        foreach (var pair in given ?? [])
        {
            if (pair is null)
            {
                faults.Add($"{option} holds a null; leave it out.");
                continue;
            }
            faults.AddIf(pair.Student < 0 || pair.Student >= student.Count, $"{option}: {pair.Student} is no feature map of the student; it has {List(student)}.");
            faults.AddIf(pair.Teacher < 0 || pair.Teacher >= teacher.Count, $"{option}: {pair.Teacher} is no feature map of the teacher; it has {List(teacher)}.");
        }
    }

    /// <summary>Feature maps with their places, for messages.</summary>
    internal static string List(IReadOnlyList<MapShape> maps) =>
        maps.Count == 0 ? "none" : string.Join(", ", maps.Select((map, place) => $"{place} ({map})"));
}
