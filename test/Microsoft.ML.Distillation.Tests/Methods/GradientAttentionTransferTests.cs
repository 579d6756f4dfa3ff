using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class GradientAttentionTransferTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/gradient_attention_transfer.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    private static Dictionary<string, GradientAttentionTransfer> Variants => new()
    {
        ["beta"] = new() { Beta = 500 },
        ["normalize"] = new() { Normalize = true },
        ["pair"] = new() { Pair = new(2, 2) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (conv, dense) = (golden.Tensor("studentConv", type), golden.Tensor("studentDense", type));

        MethodChecks.Matches(golden, "gradient at", Term(golden, conv, dense), tolerance, ("studentConv", conv), ("studentDense", dense));
    }

    // The term's third derivative, which a difference is off by, is the network's fifth here and larger than other terms': hence 1e-6.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void TheGradientIsTheSlopeOfTheValue(int index) => MethodChecks.GradientIsTheSlope(
        conv => Term(Goldens[index], conv, Goldens[index].Tensor("studentDense", ScalarType.Float64)), Goldens[index].Tensors["studentConv"], 1e-6);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ItIsZeroWhereStudentEqualsTeacher(int index)
    {
        using var scope = NewDisposeScope();
        var (conv, dense) = (Goldens[index].Tensor("teacherConv", ScalarType.Float64).requires_grad_(), Goldens[index].Tensor("teacherDense", ScalarType.Float64));

        var term = Term(Goldens[index], conv, dense);
        term.backward();

        Assert.Equal(0, term.item<double>());
        Assert.All(Numbers.Of(conv.grad!), g => Assert.Equal(0, g));
    }

    [Fact]
    public void NormalisedItDoesNotCareHowStrongTheTeachersGradientsAre()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (rand([3, 4, 4], ScalarType.Float64), rand([3, 4, 4], ScalarType.Float64));

        Numbers.Close(Numbers.Of(Distance(student, teacher, true)), Numbers.Of(Distance(student, teacher * 1e-3, true)), 1e-12);
        Assert.NotEqual(Numbers.Of(Distance(student, teacher, false)), Numbers.Of(Distance(student, teacher * 1e-3, false)));
    }

    [Theory]
    [InlineData(1e4, false)]
    [InlineData(1e4, true)]
    [InlineData(0, false)]
    [InlineData(0, true)]
    public void ValueAndGradientStayFinite(double scale, bool normalize)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[normalize ? 1 : 0];
        var conv = golden.Tensor("studentConv", ScalarType.Float32);

        // Hugely sure or wholly unsure: logits of ±1e4 and more, and logits of 0 whose gradients vanish.
        MethodChecks.Finite(MethodChecks.Of(dense => Term(golden, conv, dense), golden.Tensor("studentDense", ScalarType.Float32) * scale));
    }

    [Fact]
    public void MapsOfUnlikeSizesAreBroughtToTheSmaller()
    {
        using var scope = NewDisposeScope();
        var teacher = arange(32, ScalarType.Float64).reshape(1, 4, 8);

        Assert.Equal(0, Distance(nn.functional.avg_pool2d(teacher.unsqueeze(1), 2).squeeze(1), teacher, false).item<double>());
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var teacher = golden.Tensor("teacherConv", ScalarType.Float64).requires_grad_();

        Term(golden, golden.Tensor("studentConv", ScalarType.Float64), golden.Tensor("studentDense", ScalarType.Float64), teacher).backward();

        Assert.Null(teacher.grad);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStudentLearnsToDependOnTheSamePlaces(bool byStage)
    {
        var run = Losses.Train(byStage ? new() { Pair = new(2, 2), Normalize = true } : new GradientAttentionTransfer());

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTraining(string option) => MethodChecks.Differ(new GradientAttentionTransfer(), Variants[option]);

    [Fact]
    public void WhatItNeedsFollowsFromWhereItLooks()
    {
        var (byInput, byStage) = (new GradientAttentionTransfer(), new GradientAttentionTransfer { Pair = new(1, 2), Normalize = true });

        Assert.Equal((TeacherParts.Logits | TeacherParts.Gradients, BatchParts.InputGradients | BatchParts.OneLabel), (byInput.Needs, byInput.Uses));
        Assert.Equal((TeacherParts.Logits | TeacherParts.Gradients | TeacherParts.Features, BatchParts.Labels), (byStage.Needs, byStage.Uses));
        Assert.Equal("GradientAttentionTransfer beta 1000 normalize False by input", byInput.ToString());
        Assert.Equal("GradientAttentionTransfer beta 1000 normalize True by 1-2", byStage.ToString());
    }

    [Fact]
    public void OptionsOutOfRangeAreFaults()
    {
        Assert.Null(MethodChecks.Fault(new GradientAttentionTransfer()));
        Assert.Equal(
            "x: GradientAttentionTransfer.Beta is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new GradientAttentionTransfer { Beta = -1 }));
    }

    [Fact]
    public void APairThatIsNotThereIsRefused() => Assert.Equal(
        "Methods of DistillImageClassification: GradientAttentionTransfer.Pair: 9 is no feature map of the teacher; "
        + "it has 0 (conv1 6×16×16), 1 (layer1 6×16×16), 2 (layer2 10×8×8), 3 (layer3 12×4×4). (Parameter 'options')",
        Losses.Refusal(new GradientAttentionTransfer { Pair = new(1, 9) }, Losses.Context()));

    private static Tensor Distance(Tensor student, Tensor teacher, bool normalize) => GradientAttentionTransfer.Distance(student, teacher, normalize);

    private static Tensor Term(MethodGolden golden, Tensor conv, Tensor dense, Tensor? teacherConv = null)
    {
        var type = conv.dtype;
        var method = new GradientAttentionTransfer
        {
            Pair = golden.Options["stage"] == 1 ? new(0, 0) : null, Normalize = golden.Options["normalize"] == 1,
        };
        var teacher = Run(golden, teacherConv ?? golden.Tensor("teacherConv", type), golden.Tensor("teacherDense", type));
        var input = new LossInput(Run(golden, conv, dense), teacher, new BatchLabels(golden.Long("labels")));
        var term = Assert.Single(method.CreateLoss(Losses.Context()).Compute(input));
        Assert.Equal(("gradient at", 1000), (term.Name, term.Weight));
        return term.Value;
    }

    private static ModelOutput Run(MethodGolden golden, Tensor conv, Tensor dense)
    {
        var x = golden.Tensor("x", conv.dtype).requires_grad_();
        var features = nn.functional.conv2d(x, conv, padding: [1, 1]).tanh();
        return new ModelOutput(features.flatten(1).matmul(dense), [features], null) { Input = x };
    }
}
