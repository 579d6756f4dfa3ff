using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// FRSKD, feature refinement via self-knowledge distillation: a small pyramid network beside the student refines the student's own feature maps F₁…F_L from the top down and
/// from the bottom up to T₁…T_L, classifies the last one, and so becomes the student's teacher. The task's cross-entropy is joined by
/// <c>CE(z_t, y) + α·T²·KL(softmax(z_t/T) ‖ softmax(z_s/T)) + β·Σ_i AT(F_i, T_i)</c>, with AT the mean squared difference of attention maps of length 1
/// (<see cref="AttentionTransfer"/>).
/// </summary>
/// <remarks>
/// Ji, Shin, Hwang, Park, Moon: "Refine myself by teaching myself: feature refinement via self-knowledge distillation", CVPR 2021, https://arxiv.org/abs/2103.08273. Needs no
/// teacher. What the student learns from the pyramid is detached; what the pyramid takes from the student is not, so that its labels train the student too, as in the authors'
/// code. The maps are those after every stage but the stem, and must halve or keep their size from one to the next. α and β are those of the authors' instructions; their
/// program's own defaults, 1 and 0, leave the features out.
/// <para>Unlike the authors' code: a map is brought to its upper neighbour's channels before it is enlarged, not after, which computes the same at a quarter of the cost where
/// sizes double (where an odd size doesn't, BatchNorm's statistics differ slightly); and <see cref="Repeats"/> above 1 works. The pyramid is trained with the student and is no
/// part of the exported model. Its maps are wider than the student's: by count, with the defaults, some 0.9 million values an image beside the 0.4 million of a resnet20.</para>
/// <para>The authors combine the method with self-supervised label augmentation, where both networks have joint heads. <see cref="LabelAugmentation"/> may stand beside this
/// method here: it then teaches the student alone, and the pyramid stays as it is.</para>
/// </remarks>
public sealed class FeatureRefinement : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "FeatureRefinement";

    /// <summary>T: how far both outputs are softened.</summary>
    /// <value>Above 0; default 4.</value>
    public double Temperature { get; init; } = 4;

    /// <summary>α: weight of the divergence from the pyramid's outputs.</summary>
    /// <value>0 or more; default 2.</value>
    public double Alpha { get; init; } = 2;

    /// <summary>β: weight of the attention maps' difference.</summary>
    /// <value>0 or more; default 100.</value>
    public double Beta { get; init; } = 100;

    /// <summary>Whether the student learns from the pyramid's feature maps too; without them the method is the paper's FRSKD∖F.</summary>
    /// <value>Default true.</value>
    public bool Features { get; init; } = true;

    /// <summary>Channels of the pyramid's maps, in multiples of the student's.</summary>
    /// <value>1 or more; default 2.</value>
    public int Width { get; init; } = 2;

    /// <summary>Depthwise convolutions at every place where maps are joined.</summary>
    /// <value>1 or more; default 2.</value>
    public int Depth { get; init; } = 2;

    /// <summary>Pyramids one after another.</summary>
    /// <value>1 or more; default 1.</value>
    public int Repeats { get; init; } = 1;

    internal override BatchParts Uses => BatchParts.Labels;

    internal override void Validate(Faults faults)
    {
        faults.Positive("FeatureRefinement.Temperature", Temperature);
        faults.NotNegative("FeatureRefinement.Alpha", Alpha);
        faults.NotNegative("FeatureRefinement.Beta", Beta);
        faults.AtLeast("FeatureRefinement.Width", Width, 1);
        faults.AtLeast("FeatureRefinement.Depth", Depth, 1);
        faults.AtLeast("FeatureRefinement.Repeats", Repeats, 1);
    }

    internal override void Check(LossContext context, Faults faults)
    {
        var maps = context.Student.Features;
        if (maps.Count < 3)
        {
            faults.Add($"FeatureRefinement refines the feature maps of at least 2 stages beside the stem, and this student has {StagePair.List(maps)}: choose another student or method.");
            return;
        }
        for (var i = 1; i + 1 < maps.Count; i++)
        {
            faults.AddIf(
                maps[i].HalvingsTo(maps[i + 1]) is null,
                $"FeatureRefinement needs feature maps that halve or keep their size, and this student goes from {maps[i]} to {maps[i + 1]}: choose another student, image size or method.");
        }
    }

    internal override DistillationLoss CreateLoss(LossContext context) =>
        new Loss(this, context.Initialize(new FeaturePyramid([.. context.Student.Features.Skip(1)], context.Student.Classes!.Value, Width, Depth, Repeats)));

    /// <summary>Σ AT(F_i, T_i), a scalar; the refined maps are detached.</summary>
    internal static Tensor FeatureDistance(IEnumerable<Tensor> features, IEnumerable<Tensor> refined) => features
        .Zip(refined, (f, t) => AttentionTransfer.Distance(f, t, AttentionForm.Code, AttentionMap.SumPower, power: 2))
        .Aggregate((sum, term) => sum + term);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Name} temperature {Temperature} alpha {Alpha} beta {Beta} features {Features} width {Width} depth {Depth} repeats {Repeats}");

    private sealed class Loss(FeatureRefinement options, FeaturePyramid pyramid) : DistillationLoss
    {
        public override nn.Module Helper => pyramid;

        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var features = input.Student.Features.Skip(1).ToList();
            var refined = pyramid.call(features);
            var terms = new List<LossTerm>
            {
                new("refined", input.Labels.CrossEntropy(refined.Logits!), 1),
                new("kd", KnowledgeDistillation.SoftenedDivergence(input.Student, refined, options.Temperature), options.Alpha),
            };
            if (options.Features)
                terms.Add(new("at", FeatureDistance(features, refined.Features), options.Beta));
            return terms;
        }
    }
}
