using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class LabelAugmentationTests
{
    internal static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/label_augmentation.json");

    public static TheoryData<int, ScalarType, double> Cases => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (student, embeddings) = (golden.Tensor("student", type), golden.Tensor("embeddings", type));
        var loss = Made(golden, type, golden.Options["temperature"]);

        var terms = loss.Compute(Input(golden, student, embeddings));
        terms.Aggregate(zeros(1, type), (sum, term) => sum + term.Value).backward();

        Assert.Equal([("sla", 1.0), ("kd", 1.0)], terms.Select(t => (t.Name, t.Weight)));
        foreach (var term in terms)
            Numbers.Close([golden.Terms[term.Name]], Numbers.Of(term.Value), tolerance);
        Numbers.Close(golden.Gradients["student"], Numbers.Of(student.grad!), tolerance);
        Numbers.Close(golden.Gradients["embeddings"], Numbers.Of(embeddings.grad!), tolerance);
        foreach (var (name, weight) in loss.Helper!.named_parameters())
            Numbers.Close(golden.Gradients[name], Numbers.Of(weight.grad!), tolerance);
        loss.Helper.Dispose();
    }

    [Fact]
    public void ImagesAreTurnedAsByRot90()
    {
        using var scope = NewDisposeScope();
        foreach (var golden in Goldens)
            Assert.Equal(golden.Tensors["turned"].Values, Numbers.Of(LabelAugmentation.Turned(golden.Tensor("images", ScalarType.Float64))));
    }

    [Fact]
    public void GradientsAreTheSlopesOfTheValues()
    {
        var golden = Goldens[0];
        using var scope = NewDisposeScope();
        var joint = tensor(Numbers.Gaussian(4 * 3 * 16, seed: 2), [12, 16]);

        Slopes.Agree(j => LabelAugmentation.JointLoss(j, new BatchLabels(golden.Long("labels"))), Numbers.Of(joint), 12, 16);
        Slopes.Agree(j => LabelAugmentation.Aggregate(j).square().sum(), Numbers.Of(joint), 12, 16);
    }

    [Fact]
    public void TheAggregateIsDetached()
    {
        using var scope = NewDisposeScope();
        var loss = Made(Goldens[0], ScalarType.Float64, temperature: 1);
        var embeddings = Goldens[0].Tensor("embeddings", ScalarType.Float64);

        loss.Compute(Input(Goldens[0], Goldens[0].Tensor("student", ScalarType.Float64), embeddings))[1].Value.backward();

        Assert.Null(embeddings.grad);
        Assert.All(loss.Helper!.parameters(), p => Assert.Null(p.grad));
        loss.Helper!.Dispose();
    }

    [Fact]
    public void TheDivergenceIsZeroWhereTheStudentSaysTheAggregate()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var loss = Made(golden, ScalarType.Float64, temperature: 4);
        var joint = nn.functional.linear(golden.Tensor("embeddings", ScalarType.Float64), golden.Tensor("weight", ScalarType.Float64), golden.Tensor("bias", ScalarType.Float64));

        var terms = loss.Compute(Input(golden, LabelAugmentation.Aggregate(joint), golden.Tensor("embeddings", ScalarType.Float64)));

        // Twice the same sum in the same order; a kernel may still choose another one by the place in memory: 1e-15 of values of some 10.
        Assert.InRange(terms[1].Value.item<double>(), -1e-13, 1e-13);
        loss.Helper!.Dispose();
    }

    [Fact]
    public void MixedImagesHaveTwoJointLabels()
    {
        using var scope = NewDisposeScope();
        var joint = tensor(Numbers.Gaussian(8 * 12, seed: 2), [8, 12]);
        var (first, second) = (tensor(new long[] { 0, 2 }), tensor(new long[] { 1, 2 }));

        var mixed = LabelAugmentation.JointLoss(joint, new BatchLabels(first, second, .7));

        var parts = LabelAugmentation.JointLoss(joint, new BatchLabels(first)) * .7 + LabelAugmentation.JointLoss(joint, new BatchLabels(second)) * .3;
        Numbers.Close(Numbers.Of(parts), Numbers.Of(mixed), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e4)]
    public void ValueAndGradientAreFiniteAtExtremes(double size)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var loss = Made(golden, ScalarType.Float32, temperature: 1);
        var (student, embeddings) = ((golden.Tensor("student", ScalarType.Float32) * size).detach().requires_grad_(), (golden.Tensor("embeddings", ScalarType.Float32) * size).detach().requires_grad_());

        var terms = loss.Compute(Input(golden, student, embeddings));
        terms.Aggregate(zeros(1), (sum, term) => sum + term.Value).backward();

        Assert.All(terms, term => Assert.True(float.IsFinite(term.Value.item<float>())));
        Assert.All(Numbers.Of(student.grad!).Concat(Numbers.Of(embeddings.grad!)), g => Assert.True(double.IsFinite(g)));
        loss.Helper!.Dispose();
    }

    [Fact]
    public void OnItsOwnItTrainsTheHeadAndTheStudent()
    {
        var run = Losses.Train(new LabelAugmentation(), context: Losses.Context(teacher: false));

        Assert.InRange(run.Share, 0, .7);
        Assert.True(run.FirstLayerGradient > 0);
        Assert.True(run.HelperChanged);
    }

    /// <summary>The first N embeddings are the batch's own, the others those of the turned images.</summary>
    internal static LossInput Input(MethodGolden golden, Tensor student, Tensor embeddings)
    {
        var images = student.shape[0];
        return new LossInput(new ModelOutput(student, [], embeddings.narrow(0, 0, images)), null, new BatchLabels(golden.Long("labels")))
        {
            Pixels = zeros(images, 3, 4, 4),
            Forward = turned => turned.shape[0] == 3 * images ? new ModelOutput(null, [], embeddings.narrow(0, images, 3 * images)) : throw new InvalidOperationException(),
        };
    }

    internal static DistillationLoss Made(MethodGolden golden, ScalarType type, double temperature, LabelAugmentation? method = null)
    {
        var (context, weight) = (Losses.Context(teacher: false), golden.Tensors["weight"].Shape);
        var loss = (method ?? new LabelAugmentation { Temperature = temperature }).CreateLoss(
            context with { Student = context.Student with { Classes = (int)weight[0] / 4, Embedding = (int)weight[1] } });
        loss.Helper!.to(type);
        using var noGrad = no_grad();
        foreach (var (name, values) in loss.Helper!.named_parameters())
            values.copy_(golden.Tensor(name, type).detach());
        return loss;
    }
}
