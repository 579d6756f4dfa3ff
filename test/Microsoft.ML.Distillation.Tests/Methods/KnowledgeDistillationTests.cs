using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class KnowledgeDistillationTests
{
    private static readonly KnowledgeDistillationGolden[] Goldens = Golden.Read<KnowledgeDistillationGolden[]>("methods/knowledge_distillation.json");

    public static TheoryData<int, ScalarType, double> Cases()
    {
        var cases = new TheoryData<int, ScalarType, double>();
        for (var i = 0; i < Goldens.Length; i++)
        {
            cases.Add(i, ScalarType.Float64, 1e-9);
            cases.Add(i, ScalarType.Float32, 1e-5);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheDivergenceAndItsGradientAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var student = golden.StudentLogits(type);

        var divergence = Divergence(student, golden.TeacherLogits(type), golden.Temperature);
        divergence.backward();

        Numbers.Close([golden.Divergence], Numbers.Of(divergence), tolerance);
        Numbers.Close(golden.Gradient, Numbers.Of(student.grad!), tolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TaskWeightAndTermAddUpToHintonsLoss(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var method = new KnowledgeDistillation { Temperature = golden.Temperature, Alpha = golden.Alpha };
        var (student, labels) = (golden.StudentLogits(type), tensor(golden.Labels));
        var input = new LossInput(new ModelOutput(student, [], null), new ModelOutput(golden.TeacherLogits(type), [], null), new BatchLabels(labels));

        var term = Assert.Single(method.CreateLoss(Losses.Context()).Compute(input));
        var total = nn.functional.cross_entropy(student, labels) * method.TaskWeight + term.Value * term.Weight;
        total.backward();

        Assert.Equal(("kd", golden.Alpha), (term.Name, term.Weight));
        Numbers.Close([golden.Total], Numbers.Of(total), tolerance);
        Numbers.Close(golden.TotalGradient, Numbers.Of(student.grad!), tolerance);
    }

    [Fact]
    public void TheGradientIsTheSlopeOfTheValue()
    {
        const double Step = 1e-5;
        using var scope = NewDisposeScope();
        var golden = Goldens[1];
        var student = golden.StudentLogits(ScalarType.Float64);
        Divergence(student, golden.TeacherLogits(ScalarType.Float64), golden.Temperature).backward();

        var slopes = Enumerable.Range(0, golden.Student.Length).Select(i => (Moved(golden, i, Step) - Moved(golden, i, -Step)) / (2 * Step));

        // A central difference of step h is off by about h²·f‴/6, and by the value's rounding (1e-16) over h: both below 1e-9 here.
        Numbers.Close(Numbers.Of(student.grad!), slopes, 1e-8);
    }

    [Theory]
    [InlineData(.5)]
    [InlineData(4)]
    public void ItIsZeroWhereStudentEqualsTeacher(double temperature)
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[2].TeacherLogits(ScalarType.Float64);
        var student = teacher.clone().requires_grad_();

        var divergence = Divergence(student, teacher, temperature);
        divergence.backward();

        Assert.Equal(0, divergence.item<double>());
        Numbers.Within(new double[teacher.numel()], Numbers.Of(student.grad!), 1e-15 * temperature);
    }

    [Fact]
    public void AddingANumberToARowOfLogitsChangesNothing()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[1];
        var (student, teacher) = (golden.StudentLogits(ScalarType.Float64), golden.TeacherLogits(ScalarType.Float64));
        var shift = linspace(-50, 50, golden.Shape[0], ScalarType.Float64).unsqueeze(1);

        Numbers.Close([golden.Divergence], Numbers.Of(Divergence(student + shift, teacher, golden.Temperature)), 1e-12);
        Numbers.Close([golden.Divergence], Numbers.Of(Divergence(student, teacher - shift, golden.Temperature)), 1e-12);
    }

    [Fact]
    public void TheOrderOfTheBatchDoesNotMatter()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[1];
        var order = tensor(new long[] { 3, 0, 4, 2, 1 });
        var student = golden.StudentLogits(ScalarType.Float64).detach().index_select(0, order).requires_grad_();

        var divergence = Divergence(student, golden.TeacherLogits(ScalarType.Float64).index_select(0, order), golden.Temperature);
        divergence.backward();

        Numbers.Close([golden.Divergence], Numbers.Of(divergence), 1e-13);
        Numbers.Close(Numbers.Of(tensor(golden.Gradient, golden.Shape).index_select(0, order)), Numbers.Of(student.grad!), 1e-13);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ValueAndGradientStayFiniteForHugeLogits(double temperature)
    {
        using var scope = NewDisposeScope();
        var student = tensor(new[] { 1e4f, -1e4f, 0, -1e4f, 1e4f, 1e4f }, [2, 3]).requires_grad_();
        var teacher = tensor(new[] { -1e4f, 1e4f, 0, -1e4f, 1e4f, -1e4f }, [2, 3]);

        var divergence = Divergence(student, teacher, temperature);
        divergence.backward();

        // Row 1: all of the teacher's mass where the student is 20,000/T below its best. Row 2: half of the student's mass is elsewhere.
        Numbers.Close([temperature * temperature * (2e4 / temperature + Math.Log(2)) / 2], Numbers.Of(divergence), 1e-5);
        Assert.All(Numbers.Of(student.grad!), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].TeacherLogits(ScalarType.Float64).requires_grad_();

        Divergence(Goldens[0].StudentLogits(ScalarType.Float64), teacher, 4).backward();

        Assert.Null(teacher.grad);
    }

    [Fact]
    public void ItNeedsTheTeachersLogitsAndTrainsNothingBesideTheStudent()
    {
        var method = new KnowledgeDistillation();

        Assert.Equal(TeacherParts.Logits, method.Needs);
        Assert.Null(method.CreateLoss(Losses.Context()).Helper);
        Assert.Equal("KnowledgeDistillation temperature 4 alpha 0.9", method.ToString());
    }

    [Theory]
    [InlineData(0, .9, "KnowledgeDistillation.Temperature is 0; it must be above 0.")]
    [InlineData(double.NaN, .9, "KnowledgeDistillation.Temperature is NaN; it must be above 0.")]
    [InlineData(double.PositiveInfinity, .9, "KnowledgeDistillation.Temperature is Infinity; it must be above 0.")]
    [InlineData(4, -.1, "KnowledgeDistillation.Alpha is -0.1; it must be from 0 to 1.")]
    [InlineData(4, 1.5, "KnowledgeDistillation.Alpha is 1.5; it must be from 0 to 1.")]
    [InlineData(4, double.NaN, "KnowledgeDistillation.Alpha is NaN; it must be from 0 to 1.")]
    public void OptionsOutOfRangeAreFaults(double temperature, double alpha, string fault)
    {
        var faults = new Faults("x");

        new KnowledgeDistillation { Temperature = temperature, Alpha = alpha }.Validate(faults);

        Assert.Equal($"x: {fault} (Parameter 'p')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message);
    }

    private static double Moved(KnowledgeDistillationGolden golden, int element, double step)
    {
        using var scope = NewDisposeScope();
        var logits = golden.Student.ToArray();
        logits[element] += step;
        return Divergence(tensor(logits, golden.Shape), golden.TeacherLogits(ScalarType.Float64), golden.Temperature).item<double>();
    }

    private static Tensor Divergence(Tensor student, Tensor teacher, double temperature) => KnowledgeDistillation.SoftenedDivergence(
        new ModelOutput(student, [], null), new ModelOutput(teacher, [], null), temperature);
}
