using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class FocalGlobalDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/focal_global.json");

    // Heavy enough for a student to move in a few steps.
    private static readonly FocalGlobalWeights Heavy = new(.1, .1, .01, .01);

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    private static Dictionary<string, FocalGlobalDistillation> Variants => new()
    {
        ["alpha"] = new() { Weights = FocalGlobalWeights.Yolo with { Alpha = 1 } },
        ["beta"] = new() { Weights = FocalGlobalWeights.Yolo with { Beta = 1 } },
        ["gamma"] = new() { Weights = FocalGlobalWeights.Yolo with { Gamma = 1 } },
        ["lambda"] = new() { Weights = FocalGlobalWeights.Yolo with { Lambda = 1 } },
        ["temperature"] = new() { Temperature = .8 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var loss = Loss(golden, type);
        using var helper = loss.Helper!;
        var student = golden.Levels("student", type);

        // The pooling's bias has no gradient but rounding: a softmax doesn't see it.
        var trained = helper.named_parameters().Where(p => !p.Item1.EndsWith("mask.bias", StringComparison.Ordinal)).Select(p => (p.Item1, (Tensor)p.Item2));
        DetectionGolden.Matches(golden, Terms(golden, loss, student), tolerance, [.. DetectionGolden.Named("student", student), .. trained]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheGradientIsTheSlopeOfTheValue(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var loss = Loss(golden, ScalarType.Float64);
        using var helper = loss.Helper!;
        var student = golden.Levels("student", ScalarType.Float64);

        Slopes.Agree(moved => DetectionGolden.Total(Terms(golden, loss, [moved, .. student[1..]])), Numbers.Of(student[0]), student[0].shape);
    }

    [Fact]
    public void WithItsFirstWeightsItIsZeroWhereStudentEqualsTeacher()
    {
        using var scope = NewDisposeScope();
        var context = Detectors.Context(sameWidths: true);
        var loss = new FocalGlobalDistillation().CreateLoss(context);
        using var helper = loss.Helper!;
        var teacher = Detectors.Output(context.Teacher!, seed: 2);
        var student = teacher.Features.Select(map => map.clone().requires_grad_()).ToArray();

        var terms = loss.Compute(new DetectionLossInput(new([], student), teacher, Detectors.Targets()));
        DetectionGolden.Total(terms).backward();

        Assert.All(terms, term => Assert.Equal(0, term.Value.item<float>()));
        Assert.All(student.SelectMany(map => Numbers.Of(map.grad!)), gradient => Assert.Equal(0, gradient));
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();
        var loss = Loss(Goldens[0], ScalarType.Float32);
        using var helper = loss.Helper!;
        var student = Goldens[0].Levels("student", ScalarType.Float32).Select(map => (map.detach() * scale).requires_grad_()).ToArray();

        DetectionGolden.Finite(DetectionGolden.Total(Terms(Goldens[0], loss, student)), student);
    }

    [Fact]
    public void TheTeachersMapsGetNoGradient()
    {
        using var scope = NewDisposeScope();
        var context = Detectors.Context();
        var loss = new FocalGlobalDistillation().CreateLoss(context);
        using var helper = loss.Helper!;
        var teacher = Detectors.Output(context.Teacher!, seed: 2, gradients: true);

        DetectionGolden.Total(loss.Compute(new DetectionLossInput(Detectors.Output(context.Student, 1, gradients: true), teacher, Detectors.Targets()))).backward();

        Assert.All(teacher.Features, map => Assert.Null(map.grad));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStudentLearnsTheMaps(bool sameWidths)
    {
        var run = Detectors.Train(new FocalGlobalDistillation { Weights = Heavy }, context: Detectors.Context(yolo: false, sameWidths));

        Assert.True(run.Share < .5, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
    }

    // All but the pooling's bias, which a softmax doesn't see.
    [Fact]
    public void BothContextsAndTheAdaptersTrain()
    {
        using var scope = NewDisposeScope();
        var loss = Loss(Goldens[0], ScalarType.Float32);
        using var helper = loss.Helper!;

        DetectionGolden.Total(Terms(Goldens[0], loss, Goldens[0].Levels("student", ScalarType.Float32))).backward();

        Assert.All(
            helper.named_parameters().Where(p => !p.Item1.EndsWith("mask.bias", StringComparison.Ordinal)),
            p => Assert.True(p.Item2.grad is { } gradient && gradient.abs().max().item<float>() > 0, $"{p.Item1} has no gradient."));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTraining(string option) => Detectors.Differ(new FocalGlobalDistillation(), Variants[option]);

    [Fact]
    public void TheStudentInheritsUnlessToldOtherwise()
    {
        Assert.True(new FocalGlobalDistillation().InheritsWeights);
        Assert.False(new FocalGlobalDistillation { Inherit = false }.InheritsWeights);
    }

    [Fact]
    public void BesideYoloTheWeightsGrowWithTheBatch()
    {
        Assert.Equal(FocalGlobalWeights.RetinaNet, Weights(yolo: false, batch: 16));
        Assert.Equal(FocalGlobalWeights.RetinaNet, Weights(yolo: false, batch: 64));
        Assert.Equal(FocalGlobalWeights.Yolo, Weights(yolo: true, batch: 16));
        Assert.Equal(FocalGlobalWeights.Yolo.Alpha * 4, Weights(yolo: true, batch: 64).Alpha);

        static FocalGlobalWeights Weights(bool yolo, int batch)
        {
            using var scope = NewDisposeScope();
            var context = Detectors.Context(yolo, batch: batch);
            var loss = new FocalGlobalDistillation().CreateLoss(context);
            using var helper = loss.Helper;
            var terms = loss.Compute(new DetectionLossInput(Detectors.Output(context.Student, 1), Detectors.Output(context.Teacher!, 2), Detectors.Targets()));
            return new FocalGlobalWeights(terms[0].Weight, terms[1].Weight, terms[2].Weight, terms[3].Weight);
        }
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Equal(new FocalGlobalWeights(1e-3, 5e-4, 5e-4, 5e-6), FocalGlobalWeights.RetinaNet);
        Assert.Equal(DetectionParts.Features, new FocalGlobalDistillation().Needs);
        Assert.Equal("FocalGlobalDistillation weights auto temperature 0.5 inherit True", new FocalGlobalDistillation().ToString());
        Assert.Equal("FocalGlobalDistillation weights 0.1 0.1 0.01 0.01 temperature 0.5 inherit True", new FocalGlobalDistillation { Weights = Heavy }.ToString());
        Assert.Null(Detectors.Fault(new FocalGlobalDistillation()));
        Assert.Equal("x: FocalGlobalDistillation.Temperature is 0; it must be above 0. (Parameter 'p')", Detectors.Fault(new FocalGlobalDistillation { Temperature = 0 }));
        Assert.Equal(
            "x: FocalGlobalDistillation.Weights.Lambda is -1; it must be 0 or more. (Parameter 'p')",
            Detectors.Fault(new FocalGlobalDistillation { Weights = Heavy with { Lambda = -1 } }));
    }

    [Fact]
    public void MapsOfAnotherSizeAreRefused()
    {
        var context = Detectors.Context(yolo: false);
        var other = context.Teacher! with { Features = [context.Teacher.Features[0], new MapShape("P4", 10, 3, 4)] };

        Assert.Null(Detectors.Refusal(new FocalGlobalDistillation(), context));
        Assert.Equal(
            "Methods of DistillObjectDetection: FocalGlobalDistillation needs feature maps of one size, and the student's P4 6×2×4 meets the teacher's P4 10×3×4: "
            + "give both the same input size and levels. (Parameter 'options')",
            Detectors.Refusal(new FocalGlobalDistillation(), context with { Teacher = other }));
    }

    /// <summary>The loss with the file's helper weights.</summary>
    private static DetectionLoss Loss(MethodGolden golden, ScalarType type)
    {
        var context = new DetectionLossContext(
            Shape("student"), Shape("teacher"), new ImageSize((int)golden.Options["width"], (int)golden.Options["height"]), BatchSize: 2, Seed: 1, CPU);
        var loss = new FocalGlobalDistillation { Temperature = golden.Options["temperature"] }.CreateLoss(context);
        loss.Helper!.to(type);
        using var noGrad = no_grad();
        foreach (var (name, parameter) in loss.Helper!.named_parameters())
            parameter.copy_(golden.Tensor(name, type));
        return loss;

        DetectorShape Shape(string side) => new(
            1, [.. golden.Levels(side, type).Select((map, i) => new MapShape($"P{i}", (int)map.shape[1], (int)map.shape[2], (int)map.shape[3]))], null);
    }

    private static IReadOnlyList<LossTerm> Terms(MethodGolden golden, DetectionLoss loss, Tensor[] student) => loss.Compute(new DetectionLossInput(
        new([], student), new([], golden.Levels("teacher", student[0].dtype)), golden.Targets((int)student[0].shape[0])));
}
