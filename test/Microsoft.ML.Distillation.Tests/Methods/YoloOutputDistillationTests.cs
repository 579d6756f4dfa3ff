using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class YoloOutputDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/yolo_output.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    private static Dictionary<string, YoloOutputDistillation> Variants => new()
    {
        ["weight"] = new() { Weight = 5 },
        ["box"] = new() { BoxGain = .1 },
        ["objectness"] = new() { ObjectnessGain = 2 },
        ["class"] = new() { ClassGain = 1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var student = golden.Levels("student", type);

        DetectionGolden.Matches(golden, Terms(golden, student, golden.Levels("teacher", type)), tolerance, DetectionGolden.Named("student", student));
    }

    [Fact]
    public void TheGradientIsTheSlopeOfTheValue()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Goldens[0].Levels("student", ScalarType.Float64), Goldens[0].Levels("teacher", ScalarType.Float64));

        Slopes.Agree(moved => DetectionGolden.Total(Terms(Goldens[0], [.. student[..^1], moved], teacher)), Numbers.Of(student[^1]), student[^1].shape);
    }

    [Fact]
    public void ItIsZeroWhereStudentEqualsTeacher()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Levels("teacher", ScalarType.Float64);
        var student = teacher.Select(head => head.clone().requires_grad_()).ToArray();

        var total = DetectionGolden.Total(Terms(Goldens[0], student, teacher));
        total.backward();

        Assert.Equal(0, total.item<double>());
        Assert.All(student.SelectMany(head => Numbers.Of(head.grad!)), gradient => Assert.Equal(0, gradient));
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Scaled("student"), Scaled("teacher"));

        DetectionGolden.Finite(DetectionGolden.Total(Terms(Goldens[0], [.. student.Select(head => head.requires_grad_())], teacher)), student);

        Tensor[] Scaled(string name) => [.. Goldens[0].Levels(name, ScalarType.Float32).Select(head => head.detach().sign() * scale)];
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Levels("teacher", ScalarType.Float64).Select(head => head.requires_grad_()).ToArray();

        DetectionGolden.Total(Terms(Goldens[0], Goldens[0].Levels("student", ScalarType.Float64), teacher)).backward();

        Assert.All(teacher, head => Assert.Null(head.grad));
    }

    [Fact]
    public void AStudentLearnsThePredictions()
    {
        var run = Detectors.Train(new YoloOutputDistillation());

        Assert.True(run.Share < .1, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTraining(string option) => Detectors.Differ(new YoloOutputDistillation(), Variants[option]);

    // YOLO's task loss is multiplied by the batch, and the share of what the teacher says must not depend on it.
    [Fact]
    public void TheWeightGrowsWithTheBatch()
    {
        using var scope = NewDisposeScope();
        var input = new DetectionLossInput(Detectors.Output(Detectors.Context().Student, 1), Detectors.Output(Detectors.Context().Student, 2), Detectors.Targets());

        var (one, four) = (Weights(32), Weights(128));

        Assert.Equal(one.Select(w => 4 * w), four);
        Assert.Equal(10 * .05 * 3 / 2, one[0], 12);

        double[] Weights(int batch) => [.. new YoloOutputDistillation().CreateLoss(Detectors.Context(batch: batch)).Compute(input).Select(term => term.Weight)];
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Equal(DetectionParts.Heads, new YoloOutputDistillation().Needs);
        Assert.False(new YoloOutputDistillation().InheritsWeights);
        Assert.Equal("YoloOutputDistillation weight 10 box 0.05 objectness 1 class 0.5", new YoloOutputDistillation().ToString());
        Assert.Null(Detectors.Fault(new YoloOutputDistillation()));
        Assert.Equal("x: YoloOutputDistillation.Weight is -1; it must be 0 or more. (Parameter 'p')", Detectors.Fault(new YoloOutputDistillation { Weight = -1 }));
        Assert.Equal("x: YoloOutputDistillation.BoxGain is -1; it must be 0 or more. (Parameter 'p')", Detectors.Fault(new YoloOutputDistillation { BoxGain = -1 }));
    }

    [Fact]
    public void ATeacherThatDoesNotFitIsRefused()
    {
        var context = Detectors.Context();
        var other = new AnchorGrid([Detectors.Anchors.Levels[0], new AnchorLevel(16, [(16, 20), (33, 14)])]);

        Assert.Null(Detectors.Refusal(new YoloOutputDistillation(), context));
        Assert.Equal(
            "Methods of DistillObjectDetection: YoloOutputDistillation: the student's anchors (stride 8: 7,9 12,8; stride 16: 16,20 30,14) are not the teacher's "
            + "(stride 8: 7,9 12,8; stride 16: 16,20 33,14); give the student the teacher's anchors. (Parameter 'options')",
            Detectors.Refusal(new YoloOutputDistillation(), context with { Teacher = context.Teacher! with { Anchors = other } }));
        Assert.Equal(
            "Methods of DistillObjectDetection: YoloOutputDistillation: the student has 3 classes and the teacher 80; it needs a teacher of the student's classes, "
            + "or choose a method that learns from feature maps. (Parameter 'options')",
            Detectors.Refusal(new YoloOutputDistillation(), context with { Teacher = context.Teacher! with { Classes = 80 } }));
        Assert.Equal(
            "Methods of DistillObjectDetection: YoloOutputDistillation compares the predictions of two YOLO detectors, and the teacher is none: "
            + "choose a method that learns from feature maps, such as FocalGlobalDistillation. (Parameter 'options')",
            Detectors.Refusal(new YoloOutputDistillation(), context with { Teacher = context.Teacher! with { Anchors = null } }));
    }

    private static IReadOnlyList<LossTerm> Terms(MethodGolden golden, IReadOnlyList<Tensor> student, IReadOnlyList<Tensor> teacher)
    {
        var anchors = new AnchorGrid([.. student.Select((_, level) => new AnchorLevel(8 << level, [(8, 8)]))]);
        var shape = new DetectorShape((int)golden.Options["classes"], [], anchors);
        var context = new DetectionLossContext(shape, shape, new ImageSize((int)golden.Options["pixels"], 1), BatchSize: 32, Seed: 1, CPU);
        return new YoloOutputDistillation().CreateLoss(context).Compute(new DetectionLossInput(new(student, []), new(teacher, []), Detectors.Targets()));
    }
}
