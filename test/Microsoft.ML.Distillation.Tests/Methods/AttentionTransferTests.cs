using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class AttentionTransferTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/attention_transfer.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    private static Dictionary<string, AttentionTransfer> Variants => new()
    {
        ["form"] = new() { Form = AttentionForm.Paper },
        ["map"] = new() { Map = AttentionMap.SumAbsolute },
        ["another map"] = new() { Map = AttentionMap.MaxPower },
        ["power"] = new() { Power = 4 },
        ["beta"] = new() { Beta = 500 },
        ["pairs"] = new() { Pairs = [new(1, 1), new(3, 3)] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var student = golden.Tensor("student", type);

        MethodChecks.Matches(golden, "at", Distance(golden, student, golden.Tensor("teacher", type)), tolerance, ("student", student));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void TheGradientIsTheSlopeOfTheValue(int index) => MethodChecks.GradientIsTheSlope(
        student => Distance(Goldens[index], student, Goldens[index].Tensor("teacher", ScalarType.Float64)), Goldens[index].Tensors["student"]);

    [Theory]
    [InlineData(AttentionForm.Code)]
    [InlineData(AttentionForm.Paper)]
    public void ItIsZeroWhereTheMapsAreEqualUpToScale(AttentionForm form)
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64);

        // A power of two scales without rounding.
        var (value, gradient) = MethodChecks.Of(s => AttentionTransfer.Distance(s, teacher, form, AttentionMap.SumPower, 2), teacher * 4);

        Assert.Equal(0, value);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void APairThatIsNullIsRefused() => Assert.Equal(
        "Methods of DistillImageClassification: AttentionTransfer.Pairs holds a null; leave it out. (Parameter 'options')",
        Losses.Refusal(new AttentionTransfer { Pairs = [null!] }, Losses.Context()));

    [Fact]
    public void TheOrderOfChannelsAndOfTheBatchDoesNotMatter()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var (student, teacher) = (golden.Tensor("student", ScalarType.Float64).detach(), golden.Tensor("teacher", ScalarType.Float64));
        var images = tensor(new long[] { 2, 0, 3, 1 });

        var changed = Distance(golden, student.flip(1).index_select(0, images), teacher.index_select(0, images));

        Numbers.Close([golden.Terms["at"]], Numbers.Of(changed), 1e-13);
    }

    [Theory]
    [InlineData(AttentionForm.Code, 1e4)]
    [InlineData(AttentionForm.Paper, 1e4)]
    [InlineData(AttentionForm.Code, 0)]
    [InlineData(AttentionForm.Paper, 0)]
    [InlineData(AttentionForm.Paper, 1e-15)]
    public void ValueAndGradientStayFinite(AttentionForm form, double scale)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Goldens[0].Tensor("student", ScalarType.Float32), Goldens[0].Tensor("teacher", ScalarType.Float32));

        MethodChecks.Finite(MethodChecks.Of(s => AttentionTransfer.Distance(s, teacher, form, AttentionMap.SumPower, 2), student * scale));
        MethodChecks.Finite(MethodChecks.Of(s => AttentionTransfer.Distance(s, teacher * scale, form, AttentionMap.SumPower, 2), student));
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64).requires_grad_();

        Distance(Goldens[0], Goldens[0].Tensor("student", ScalarType.Float64), teacher).backward();

        Assert.Null(teacher.grad);
    }

    [Theory]
    [InlineData(AttentionForm.Code)]
    [InlineData(AttentionForm.Paper)]
    public void AStudentLearnsToLookAlike(AttentionForm form)
    {
        var run = Losses.Train(new AttentionTransfer { Form = form });

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTraining(string option) => MethodChecks.Differ(new AttentionTransfer(), Variants[option]);

    [Fact]
    public void ItNeedsFeatureMapsAndTrainsNothingBesideTheStudent()
    {
        var method = new AttentionTransfer();

        Assert.Equal(TeacherParts.Features, method.Needs);
        Assert.Null(method.CreateLoss(Losses.Context()).Helper);
        Assert.Null(MethodChecks.Fault(method));
        Assert.Equal("AttentionTransfer form Code map SumPower power 2 beta 1000 pairs auto", method.ToString());
        Assert.EndsWith("pairs 1-1 3-3", Variants["pairs"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsOutOfRangeAreFaults()
    {
        Assert.Equal("x: AttentionTransfer.Form is 7; it must be Code or Paper. (Parameter 'p')", MethodChecks.Fault(new AttentionTransfer { Form = (AttentionForm)7 }));
        Assert.Equal(
            "x: AttentionTransfer.Map is 7; it must be SumAbsolute, SumPower or MaxPower. (Parameter 'p')", MethodChecks.Fault(new AttentionTransfer { Map = (AttentionMap)7 }));
        Assert.Equal("x: AttentionTransfer.Power is 0.5; it must be 1 or more. (Parameter 'p')", MethodChecks.Fault(new AttentionTransfer { Power = .5 }));
        Assert.Equal("x: AttentionTransfer.Power is NaN; it must be 1 or more. (Parameter 'p')", MethodChecks.Fault(new AttentionTransfer { Power = double.NaN }));
        Assert.Equal("x: AttentionTransfer.Beta is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new AttentionTransfer { Beta = -1 }));
        Assert.Equal(
            "x: AttentionTransfer.Pairs is empty; name a pair of feature maps, or leave it null for the automatic ones. (Parameter 'p')",
            MethodChecks.Fault(new AttentionTransfer { Pairs = [] }));
    }

    [Fact]
    public void APairThatIsNotThereIsRefused()
    {
        Assert.Equal(
            "Methods of DistillImageClassification: AttentionTransfer.Pairs: 4 is no feature map of the student; "
            + "it has 0 (conv1 4×16×16), 1 (layer1 4×16×16), 2 (layer2 6×8×8), 3 (layer3 8×4×4). (Parameter 'options')",
            Losses.Refusal(new AttentionTransfer { Pairs = [new(4, 3)] }, Losses.Context()));
        Assert.Equal(
            "Methods of DistillImageClassification: AttentionTransfer learns from a teacher, and there is none. (Parameter 'options')",
            Losses.Refusal(new AttentionTransfer(), Losses.Context(teacher: false)));
        Assert.Null(Losses.Refusal(new AttentionTransfer(), Losses.Context()));
    }

    private static Tensor Distance(MethodGolden golden, Tensor student, Tensor teacher) => AttentionTransfer.Distance(
        student, teacher, (AttentionForm)(int)golden.Options["form"], (AttentionMap)(int)golden.Options["map"], golden.Options["power"]);
}
