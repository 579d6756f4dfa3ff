using Microsoft.ML.Distillation.Tests.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class YoloFeatureDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/yolo_feature.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (student, weight, bias) = (golden.Levels("student", type), golden.Levels("weight", type), golden.Levels("bias", type));
        (string, Tensor)[] leaves = [.. DetectionGolden.Named("student", student), .. DetectionGolden.Named("weight", weight), .. DetectionGolden.Named("bias", bias)];

        MethodChecks.Matches(golden, "feature", Term(golden, student, weight, bias), tolerance, leaves);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheGradientIsTheSlopeOfTheValue(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (student, weight, bias) = (golden.Levels("student", ScalarType.Float64), golden.Levels("weight", ScalarType.Float64), golden.Levels("bias", ScalarType.Float64));

        Slopes.Agree(moved => Term(golden, [moved, .. student[1..]], weight, bias), Numbers.Of(student[0]), student[0].shape);
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[1];
        var (teacher, head) = (golden.Tensor("teacher0", ScalarType.Float32), golden.Tensor("head0", ScalarType.Float32).sign() * scale);

        MethodChecks.Finite(MethodChecks.Of(s => YoloFeatureDistillation.Distance(s, teacher, head), teacher * scale));
    }

    [Fact]
    public void ItIsZeroWhereStudentEqualsTeacherWhoGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[1].Tensor("teacher0", ScalarType.Float64).requires_grad_();

        var (value, gradient) = MethodChecks.Of(s => YoloFeatureDistillation.Distance(s, teacher, Goldens[1].Tensor("head0", ScalarType.Float64)), teacher);

        Assert.Equal(0, value);
        Assert.All(gradient, g => Assert.Equal(0, g));
        Assert.Null(teacher.grad);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStudentLearnsTheMaps(bool sameWidths)
    {
        var run = Detectors.Train(new YoloFeatureDistillation(), context: Detectors.Context(sameWidths: sameWidths));

        Assert.True(run.Share < .5, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.Equal(!sameWidths, run.HelperChanged);
    }

    [Fact]
    public void AnyPairOfWidthsHasItsAdapters()
    {
        var context = Detectors.Context();
        using var both = new YoloFeatureDistillation().CreateLoss(context).Helper!;
        using var one = new YoloFeatureDistillation().CreateLoss(context with { Teacher = Detectors.Shape(true, [4, 7]) }).Helper!;

        Assert.Equal(["0.weight: 6×4×1×1", "0.bias: 6", "1.weight: 10×6×1×1", "1.bias: 10"], Sizes(both));
        Assert.Equal(["1.weight: 7×6×1×1", "1.bias: 7"], Sizes(one));

        static IEnumerable<string> Sizes(nn.Module helper) => helper.named_parameters().Select(p => $"{p.Item1}: {string.Join('×', p.Item2.shape)}");
    }

    [Fact]
    public void EveryOptionChangesTraining()
    {
        Detectors.Differ(new YoloFeatureDistillation(), new YoloFeatureDistillation { Weight = 1 });
        Detectors.Differ(new YoloFeatureDistillation(), new YoloFeatureDistillation { WeightByObjectness = true });
        Assert.NotEqual(
            Detectors.Train(new YoloFeatureDistillation(), steps: 1).Values, Detectors.Train(new YoloFeatureDistillation(), steps: 1, Detectors.Context(batch: 32)).Values);
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Equal(DetectionParts.Features, new YoloFeatureDistillation().Needs);
        Assert.Equal(DetectionParts.Features | DetectionParts.Heads, new YoloFeatureDistillation { WeightByObjectness = true }.Needs);
        Assert.Equal("YoloFeatureDistillation weight 0.1 by objectness False", new YoloFeatureDistillation().ToString());
        Assert.Null(Detectors.Fault(new YoloFeatureDistillation()));
        Assert.Equal("x: YoloFeatureDistillation.Weight is -1; it must be 0 or more. (Parameter 'p')", Detectors.Fault(new YoloFeatureDistillation { Weight = -1 }));
    }

    [Fact]
    public void ATeacherThatDoesNotFitIsRefused()
    {
        var context = Detectors.Context();
        var oneMap = context with { Teacher = context.Teacher! with { Features = [context.Teacher.Features[0]] } };

        Assert.Null(Detectors.Refusal(new YoloFeatureDistillation { WeightByObjectness = true }, context));
        Assert.Equal(
            "Methods of DistillObjectDetection: YoloFeatureDistillation compares the necks' feature maps level by level, and the student has 0 (P3 4×4×8), 1 (P4 6×2×4), "
            + "the teacher 0 (P3 6×4×8): name as many of the teacher's. (Parameter 'options')",
            Detectors.Refusal(new YoloFeatureDistillation(), oneMap));
        Assert.Equal(
            "Methods of DistillObjectDetection: YoloFeatureDistillation is for YOLO students, by whose task loss its weight is measured, and the student is none: "
            + "choose FocalGlobalDistillation, which is made for RetinaNets too. (Parameter 'options')",
            Detectors.Refusal(new YoloFeatureDistillation(), Detectors.Context(yolo: false)));
        Assert.Equal(
            "Methods of DistillObjectDetection: YoloFeatureDistillation.WeightByObjectness needs a YOLO teacher with predictions at each of its 2 feature maps: "
            + "set it to false. (Parameter 'options')",
            Detectors.Refusal(new YoloFeatureDistillation { WeightByObjectness = true }, context with { Teacher = Detectors.Shape(false, [4, 6]) }));
    }

    private static Tensor Term(MethodGolden golden, Tensor[] student, Tensor[] weight, Tensor[] bias)
    {
        var (teacher, heads) = (golden.Levels("teacher", student[0].dtype), golden.Levels("head", student[0].dtype));
        return student.Select((map, level) => YoloFeatureDistillation.Distance(
            nn.functional.conv2d(map, weight[level], bias[level]), teacher[level], golden.Options["weighted"] == 1 ? heads[level] : null)).Aggregate((sum, term) => sum + term);
    }
}
