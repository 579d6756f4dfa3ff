using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A YOLO student repeats its teacher's raw predictions z, in every cell as much as the teacher sees an object there:
/// <c>w·N/32·Σ_levels Σ_k g_k·mean (σ(o_t)·(z_s − z_t)²)</c>, where k is the box, the objectness o and the classes. One class has no class term.
/// </summary>
/// <remarks>
/// https://github.com/Adlik/yolov5, after Mehta, Ozturk: "Object detection at 200 frames per second", 2018, https://arxiv.org/abs/1805.06361. The teacher must have the student's
/// anchors, strides and classes: its raw boxes mean nothing beside others. Gains are scaled to levels, classes and pixels as those of <see cref="YoloLossOptions"/>, whose they are.
/// <para>Unlike the published code: YOLOv5's task loss is multiplied by the batch's N images and there this one is not, so that the teacher's share shrinks as the batch grows;
/// here it keeps the share that it has there at 32 images a device, which its authors found to be best. The teacher runs in evaluation mode; there it runs in training mode, where its BatchNorm
/// drifts. A teacher that gives decoded predictions alone has them turned back into raw ones, as far as ±13.8. No memory beside the predictions'.</para>
/// <para>At first the squares of the differences are larger than all of the labels' loss: of a run of a few hundred steps, on small images full of objects, a good part goes into the level of the
/// teacher's objectness, and a lower weight may suit it better. <see cref="DistillationOptions.CompareToBaseline"/> tells.</para>
/// </remarks>
public sealed class YoloOutputDistillation : DetectionMethod
{
    /// <summary>Images that one process of the published run had in a step, 256 on 8 devices; the task loss was multiplied by as many.</summary>
    internal const double PublishedBatch = 32;

    private const int Objectness = 4;

    /// <inheritdoc/>
    public override string Name => "YoloOutputDistillation";

    /// <summary>w: weight of the terms at a batch of 32 images.</summary>
    /// <value>0 or more; default 10.</value>
    public double Weight { get; init; } = 10;

    /// <summary>Weight of the boxes.</summary>
    /// <value>0 or more; default 0.05.</value>
    public double BoxGain { get; init; } = .05;

    /// <summary>Weight of the objectness.</summary>
    /// <value>0 or more; default 1.</value>
    public double ObjectnessGain { get; init; } = 1;

    /// <summary>Weight of the classes.</summary>
    /// <value>0 or more; default 0.5.</value>
    public double ClassGain { get; init; } = .5;

    internal override DetectionParts Needs => DetectionParts.Heads;

    internal override bool ComparesClasses => true;

    private YoloGains Gains => new(BoxGain, ObjectnessGain, ClassGain);

    internal override void Validate(Faults faults)
    {
        faults.NotNegative("YoloOutputDistillation.Weight", Weight);
        Gains.Validate(Name, faults);
    }

    internal override void Check(DetectionLossContext context, Faults faults)
    {
        var (student, teacher) = (context.Student, context.Teacher!);
        if (student.Anchors is not { } own || teacher.Anchors is not { } others)
        {
            faults.Add($"{Name} compares the predictions of two YOLO detectors, and the {(student.Anchors is null ? "student" : "teacher")} is none: "
                + "choose a method that learns from feature maps, such as FocalGlobalDistillation.");
            return;
        }
        faults.AddIf(!own.Matches(others), $"{Name}: the student's anchors ({own}) are not the teacher's ({others}); give the student the teacher's anchors.");
        faults.AddIf(
            student.Classes != teacher.Classes,
            $"{Name}: the student has {student.Classes} classes and the teacher {teacher.Classes}; it needs a teacher of the student's classes, or choose a method that learns from feature maps.");
    }

    internal override DetectionLoss CreateLoss(DetectionLossContext context) => new Loss(this, context);

    /// <summary>Means over a level of σ(o_t)·(z_s − z_t)², of the box, the objectness and the classes, both N×A×H×W×(5+C); null for the class of a single class.</summary>
    internal static (Tensor Box, Tensor Objectness, Tensor? Class) Distances(Tensor student, Tensor teacher)
    {
        var known = teacher.detach();
        var error = (student - known).square() * known.narrow(-1, Objectness, 1).sigmoid();
        var classes = error.shape[^1] - Objectness - 1;
        return (error.narrow(-1, 0, Objectness).mean(), error.narrow(-1, Objectness, 1).mean(), classes > 1 ? error.narrow(-1, Objectness + 1, classes).mean() : null);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} weight {Weight} box {BoxGain} objectness {ObjectnessGain} class {ClassGain}");

    private sealed class Loss(YoloOutputDistillation method, DetectionLossContext context) : DetectionLoss
    {
        private readonly double _weight = method.Weight * context.BatchScale(PublishedBatch);
        private readonly YoloGains _gains = method.Gains.For(context.Student.Anchors!.Levels.Count, context.Student.Classes, context.Input.Pixels);

        public override IReadOnlyList<LossTerm> Compute(DetectionLossInput input)
        {
            var levels = input.Student.Heads.Zip(input.Teacher!.Heads, Distances).ToList();
            var terms = new List<LossTerm>
            {
                new("output box", Sum(levels.Select(level => level.Box)), _weight * _gains.Box),
                new("output objectness", Sum(levels.Select(level => level.Objectness)), _weight * _gains.Objectness),
            };
            if (levels[0].Class is not null)
                terms.Add(new("output class", Sum(levels.Select(level => level.Class!)), _weight * _gains.Class));
            return terms;
        }

        private static Tensor Sum(IEnumerable<Tensor> terms) => terms.Aggregate((sum, term) => sum + term);
    }
}
