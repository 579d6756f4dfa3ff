using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class DataDistortionTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/data_distortion.json");

    public static TheoryData<int, ScalarType, double> Cases => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (first, second) = (View(golden, "first", "embedding", type), View(golden, "second", "other", type));

        var terms = Terms(first, second, golden.Long("labels"), new() { Temperature = golden.Options["temperature"] });
        terms.Aggregate(zeros(1, type), (sum, term) => sum + term.Value).backward();

        Assert.Equal([("second", 1.0), ("kd", 1.0), ("mmd", .005)], terms.Select(t => (t.Name, t.Weight)));
        foreach (var term in terms)
            Numbers.Close([golden.Terms[term.Name]], Numbers.Of(term.Value), tolerance);
        Numbers.Close(golden.Gradients["first"], Numbers.Of(first.Logits!.grad!), tolerance);
        Numbers.Close(golden.Gradients["second"], Numbers.Of(second.Logits!.grad!), tolerance);
        Numbers.Close(golden.Gradients["embedding"], Numbers.Of(first.Embedding!.grad!), tolerance);
        Numbers.Close(golden.Gradients["other"], Numbers.Of(second.Embedding!.grad!), tolerance);
    }

    // Of both divergences together the slope is not the gradient: each is detached on its left. They are checked one by one below, and in KnowledgeDistillationTests.
    [Fact]
    public void GradientsAreTheSlopesOfTheValues()
    {
        var golden = Goldens[0];
        using var scope = NewDisposeScope();
        var (labels, other) = (golden.Long("labels"), golden.Tensor("other", ScalarType.Float64));
        var (logits, embedding) = (golden.Tensors["second"], golden.Tensors["embedding"]);

        Slopes.Agree(z => new BatchLabels(labels).CrossEntropy(z), logits.Values, logits.Shape);
        Slopes.Agree(e => DataDistortion.Discrepancy(e, other), embedding.Values, embedding.Shape);
    }

    [Fact]
    public void EachDivergenceMovesOnlyTheSideThatLearns()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var (first, second) = (golden.Tensor("first", ScalarType.Float64), golden.Tensor("second", ScalarType.Float64));

        DataDistortion.MutualDivergence(Of(first), Of(second), 3).backward();

        var (one, other) = (golden.Tensor("first", ScalarType.Float64), golden.Tensor("second", ScalarType.Float64));
        KnowledgeDistillation.SoftenedDivergence(Of(one), Of(other.detach()), 3).backward();
        KnowledgeDistillation.SoftenedDivergence(Of(other), Of(one.detach()), 3).backward();
        Assert.Equal(Numbers.Of(one.grad!), Numbers.Of(first.grad!));
        Assert.Equal(Numbers.Of(other.grad!), Numbers.Of(second.grad!));
    }

    [Fact]
    public void OfEqualViewsOnlyTheLabelsHaveSomethingToSay()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var view = View(golden, "first", "embedding", ScalarType.Float64);

        var terms = Terms(view, view, golden.Long("labels"));

        Assert.Equal([0, 0], terms.Skip(1).Select(t => t.Value.item<double>()));
        Numbers.Close(Numbers.Of(nn.functional.cross_entropy(view.Logits!, golden.Long("labels"))), Numbers.Of(terms[0].Value), 1e-15);
    }

    [Theory]
    [InlineData(1e4f)]
    [InlineData(0)]
    public void ValueAndGradientAreFiniteAtExtremes(float size)
    {
        using var scope = NewDisposeScope();
        var (first, second) = (tensor(new[] { size, -size, 0, -size, size, size }, [2, 3]).requires_grad_(), tensor(new[] { -size, size, 0, size, -size, size }, [2, 3]));

        var terms = Terms(new(first, [], first * 1), new(second, [], second), zeros(2, ScalarType.Int64));
        terms.Aggregate(zeros(1), (sum, term) => sum + term.Value).backward();

        Assert.All(terms, term => Assert.True(float.IsFinite(term.Value.item<float>())));
        Assert.All(Numbers.Of(first.grad!), g => Assert.True(double.IsFinite(g)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void OnItsOwnItMakesTheStudentAnswerAlike(double labelWeight)
    {
        using var other = tensor(Numbers.Gaussian((int)(Losses.Batch * 3 * Losses.Size.Pixels), seed: 6), [Losses.Batch, 3, Losses.Size.Height, Losses.Size.Width]);

        var run = Losses.Train(new DataDistortion { LabelWeight = labelWeight }, context: Losses.Context(teacher: false), change: (_, input) => input with { Companion = other });

        Assert.InRange(run.Share, 0, .7);
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Fact]
    public void EveryOptionChangesTheLoss()
    {
        using var scope = NewDisposeScope();
        double Total(DataDistortion method) => Terms(
            View(Goldens[0], "first", "embedding", ScalarType.Float64), View(Goldens[0], "second", "other", ScalarType.Float64), Goldens[0].Long("labels"), method)
            .Sum(t => t.Weight * t.Value.item<double>());

        var totals = new[] { Total(new()), Total(new() { Temperature = 2 }), Total(new() { LabelWeight = 2 }), Total(new() { DivergenceWeight = 2 }), Total(new() { DiscrepancyWeight = 2 }) };

        Assert.Equal(5, totals.Distinct().Count());
    }

    [Fact]
    public void ItNeedsNoTeacherButASecondViewAndOneLabel()
    {
        var method = new DataDistortion();

        Assert.Equal((TeacherParts.None, BatchParts.SecondView | BatchParts.OneLabel, 1.0), (method.Needs, method.Uses, method.TaskWeight));
        Assert.Equal("DataDistortion temperature 3 label weight 1 divergence weight 1 discrepancy weight 0.005", method.ToString());
        Assert.Null(Losses.Refusal(method, Losses.Context(teacher: false)));
    }

    [Fact]
    public void AStudentWithoutAnEmbeddingIsRefused()
    {
        var context = Losses.Context(teacher: false);

        Assert.Equal(
            "Methods of DistillImageClassification: DataDistortion compares the vectors before the student's classifier, and this student has none: "
            + "choose a method that learns from logits, such as ClassWiseSelfDistillation. (Parameter 'options')",
            Losses.Refusal(new DataDistortion(), context with { Student = context.Student with { Embedding = null } }));
    }

    public static TheoryData<string, DataDistortion> Wrong => new()
    {
        { "DataDistortion.Temperature is 0; it must be above 0.", new() { Temperature = 0 } },
        { "DataDistortion.LabelWeight is -1; it must be 0 or more.", new() { LabelWeight = -1 } },
        { "DataDistortion.DivergenceWeight is NaN; it must be 0 or more.", new() { DivergenceWeight = double.NaN } },
        { "DataDistortion.DiscrepancyWeight is Infinity; it must be 0 or more.", new() { DiscrepancyWeight = double.PositiveInfinity } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void OptionsOutOfRangeAreFaults(string fault, DataDistortion method) => Assert.Equal(fault, Refusals.Of(method));

    private static ModelOutput Of(Tensor logits) => new(logits, [], null);

    private static ModelOutput View(MethodGolden golden, string logits, string embedding, ScalarType type) => new(golden.Tensor(logits, type), [], golden.Tensor(embedding, type));

    private static IReadOnlyList<LossTerm> Terms(ModelOutput first, ModelOutput second, Tensor labels, DataDistortion? method = null) =>
        (method ?? new()).CreateLoss(Losses.Context(teacher: false)).Compute(new LossInput(first, null, new BatchLabels(labels)) { Companion = zeros(1), Forward = _ => second });
}
