using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Whether a run keeps its teacher's outputs: a rule, not a measurement.</summary>
/// <param name="Views">The views of its images.</param>
/// <param name="On">Whether outputs are kept.</param>
/// <param name="State">The same in words, for the report.</param>
internal sealed record TeacherCachePlan(ViewPlan Views, bool On, string State)
{
    /// <param name="options">Null switches the cache off.</param>
    /// <param name="parts">What the methods want of the teacher; nothing without a teacher.</param>
    /// <param name="scoredBeforehand">Whether the teacher keeps its answers itself.</param>
    public static TeacherCachePlan Make(TeacherCacheOptions? options, ImageAugmentation augmentation, TeacherParts parts, int epochs, bool scoredBeforehand = false)
    {
        var views = new ViewPlan(augmentation);
        if (options is null)
            return Off("it is switched off");
        if (parts == TeacherParts.None)
            return Off("nothing is learned from a teacher");
        if ((parts & TeacherParts.Gradients) != 0)
            return Off("a method needs gradients of the teacher");
        if (scoredBeforehand)
            return Off("the teacher scored every image beforehand");
        if (augmentation.Mixes)
            return Off("Mixup and CutMix make new images of every batch");
        views = views with { Replayed = options.Views };
        if (views.Return is not { } first)
            return Off("crop and cutout make new views in every epoch; TeacherCache.Views replays a fixed number of them");
        return epochs <= first
            ? Off(FormattableString.Invariant($"no view comes back within the run (Epochs is {epochs})"))
            : new(views, true, $"on, {views}");

        TeacherCachePlan Off(string reason) => new(views, false, $"off: {reason}");
    }
}
