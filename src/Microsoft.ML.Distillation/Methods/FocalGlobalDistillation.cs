using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// FGD, focal and global distillation of detectors: the student's neck computes the teacher's feature maps F, first of all where the objects are and where the teacher looks. Of every
/// level, with sums divided by the batch's N images, <c>α·Σ M_fg·S·C·(F_s − F_t)² + β·Σ M_bg·S·C·(F_s − F_t)² + γ·(Σ|S_s − S_t| + Σ|C_s − C_t|) + λ·Σ (G_s(F_s) − G_t(F_t))²</c>.
/// </summary>
/// <remarks>
/// Yang, Li, Jiang, Gong, Yuan, Zhao, Yuan: "Focal and global knowledge distillation for detectors", CVPR 2022, https://arxiv.org/abs/2111.11837, code: https://github.com/yzd-v/FGD.
/// <c>S = H·W·softmax(mean_c|F|/T)</c> and <c>C = C·softmax(mean_hw|F|/T)</c> are the attention over places and over channels, the teacher's where they weigh. M_fg is 1 over the area of the
/// smallest object at a place, in cells, 0 where there is none; M_bg is 1 over the number of places without an object. G_s and G_t are global context blocks, both trained, which start as the
/// identity. Where channels differ, a trained 1×1 convolution with bias brings the student's map to the teacher's first, and its attention is taken after that.
/// <para>Unlike the authors' code: boxes are scaled by the whole input, not by the image inside its padding, so that they are where the objects are; parts of boxes outside the image
/// have no places; and the helpers' first weights are He-normal throughout. Beside YOLO's task loss, which is multiplied by the images of the batch, the weights grow with the batch too, and
/// are stated for 16 images. Maps must be of one size, level by level. Memory: some five maps of the teacher's channels a level, and G places for each image's G objects.</para>
/// </remarks>
public sealed class FocalGlobalDistillation : DetectionMethod
{
    // YOLOv5's default, and that of the authors' RetinaNets: 8 times 2.
    private const double StatedBatch = 16;

    /// <inheritdoc/>
    public override string Name => "FocalGlobalDistillation";

    /// <summary>α, β, γ and λ.</summary>
    /// <value>Default null: <see cref="FocalGlobalWeights.Yolo"/> for a YOLO student, else <see cref="FocalGlobalWeights.RetinaNet"/>.</value>
    public FocalGlobalWeights? Weights { get; init; }

    /// <summary>T: the lower, the more the strongest places and channels stand out.</summary>
    /// <value>Above 0; default 0.5.</value>
    public double Temperature { get; init; } = .5;

    /// <summary>Whether the student begins with the teacher's weights of neck and head, wherever their shapes are the student's, as the authors' students do.</summary>
    /// <value>Default true.</value>
    public bool Inherit { get; init; } = true;

    internal override DetectionParts Needs => DetectionParts.Features;

    internal override bool InheritsWeights => Inherit;

    internal override void Validate(Faults faults)
    {
        Weights?.Validate("FocalGlobalDistillation.Weights", faults);
        faults.Positive("FocalGlobalDistillation.Temperature", Temperature);
    }

    internal override void Check(DetectionLossContext context, Faults faults)
    {
        if (!LevelAdapters.CheckLevels(Name, context, faults))
            return;
        foreach (var (student, teacher) in context.Student.Features.Zip(context.Teacher!.Features))
        {
            faults.AddIf(
                student.Height != teacher.Height || student.Width != teacher.Width,
                $"{Name} needs feature maps of one size, and the student's {student} meets the teacher's {teacher}: give both the same input size and levels.");
        }
    }

    internal override DetectionLoss CreateLoss(DetectionLossContext context) => new Loss(this, context);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Name} weights {(Weights is { } w ? FormattableString.Invariant($"{w.Alpha} {w.Beta} {w.Gamma} {w.Lambda}") : "auto")} temperature {Temperature} inherit {Inherit}");

    private sealed class Loss(FocalGlobalDistillation method, DetectionLossContext context) : DetectionLoss
    {
        private readonly FocalGlobalWeights _weights = method.Weights ?? (context.Student.Anchors is null ? FocalGlobalWeights.RetinaNet : FocalGlobalWeights.Yolo);
        private readonly FocalGlobalHelper _helper = FocalGlobalHelper.Create(context);

        public override nn.Module Helper => _helper;

        public override IReadOnlyList<LossTerm> Compute(DetectionLossInput input)
        {
            var objects = input.Targets.To(input.Student.Features[0].dtype).Padded();
            var levels = input.Student.Features.Select((map, level) => Level(level, map, input.Teacher!.Features[level].detach(), objects)).ToList();
            return
            [
                new("foreground", Sum(levels.Select(level => level.Foreground)), _weights.Alpha * context.BatchScale(StatedBatch)),
                new("background", Sum(levels.Select(level => level.Background)), _weights.Beta * context.BatchScale(StatedBatch)),
                new("attention", Sum(levels.Select(level => level.Attention)), _weights.Gamma * context.BatchScale(StatedBatch)),
                new("relation", Sum(levels.Select(level => level.Relation)), _weights.Lambda * context.BatchScale(StatedBatch)),
            ];
        }

        private FocalGlobalTerms Level(int level, Tensor map, Tensor teacher, PaddedTargets objects)
        {
            var student = _helper.Adapters.Adapt(level, map);
            var masks = ForegroundMasks.Draw(objects, student.shape[2], student.shape[3], context.Input);
            return FocalGlobalTerms.Compute(student, teacher, masks, _helper.StudentContexts[level].call, _helper.TeacherContexts[level].call, method.Temperature);
        }

        private static Tensor Sum(IEnumerable<Tensor> terms) => terms.Aggregate((sum, term) => sum + term);
    }
}
