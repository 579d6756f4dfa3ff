using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class DecoupledDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/decoupled_distillation.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var student = golden.Tensor("student", type);
        var labels = new BatchLabels(golden.Long("labels"), golden.Options["share"] < 1 ? golden.Long("second") : null, golden.Options["share"]);
        var method = new DecoupledDistillation { Temperature = golden.Options["temperature"], Alpha = 2, Beta = 3, WarmUpEpochs = 0 };

        var terms = method.CreateLoss(Losses.Context()).Compute(new LossInput(Of(student), Teacher(golden, type), labels));
        (terms[0].Value + terms[1].Value).backward();

        Assert.Equal([("tckd", 2.0), ("nckd", 3.0)], terms.Select(t => (t.Name, t.Weight)));
        // Relative to both together: of two classes NCKD is a difference that cancels to 0.
        var bound = tolerance * (golden.Terms["tckd"] + golden.Terms["nckd"]);
        Numbers.Within([golden.Terms["tckd"], golden.Terms["nckd"]], [.. terms.SelectMany(t => Numbers.Of(t.Value))], bound);
        Numbers.Close(golden.Gradients["student"], Numbers.Of(student.grad!), tolerance);
    }

    [Fact]
    public void TheGradientIsTheSlopeOfTheValue()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var (teacher, labels) = (Teacher(golden, ScalarType.Float64), golden.Long("labels"));

        foreach (var term in new[] { DecoupledDistillation.TargetDivergence, DecoupledDistillation.NonTargetDivergence })
        {
            Tensor Value(Tensor student) => term(Of(student), teacher, labels, 4);
            var at = golden.Tensor("student", ScalarType.Float64);

            // A central difference of step h is off by about h²·f‴/6, and by the value's rounding (1e-16) over h: both below 1e-9 here.
            Numbers.Close(NumericGradient.Automatic(Value, at), NumericGradient.Of(Value, at, 1e-5), 1e-7);
        }
    }

    [Fact]
    public void TheTermsAreHintonsDivergenceTakenApart()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (randn(1, 9, dtype: ScalarType.Float64) * 3, randn(1, 9, dtype: ScalarType.Float64) * 3);
        var label = tensor(new[] { 4L });
        var whole = KnowledgeDistillation.SoftenedDivergence(Of(student), Of(teacher), 2);

        var parts = DecoupledDistillation.TargetDivergence(Of(student), Of(teacher), label, 2)
            + DecoupledDistillation.NonTargetDivergence(Of(student), Of(teacher), label, 2) * (1 - nn.functional.softmax(teacher / 2, 1)[0, 4]);

        Numbers.Close(Numbers.Of(whole), Numbers.Of(parts), 1e-12);
    }

    [Fact]
    public void BothAreZeroWithoutGradientWhereStudentEqualsTeacher()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[1];
        var student = golden.Tensor("teacher", ScalarType.Float64).clone().requires_grad_();
        var labels = golden.Long("labels");
        var teacher = Of(golden.Tensor("teacher", ScalarType.Float64));

        var sum = DecoupledDistillation.TargetDivergence(Of(student), teacher, labels, 4) + DecoupledDistillation.NonTargetDivergence(Of(student), teacher, labels, 4);
        sum.backward();

        Assert.Equal(0, sum.item<double>());
        Numbers.Within(new double[student.numel()], Numbers.Of(student.grad!), 1e-14); // rounding of probabilities that add up to 1
    }

    [Fact]
    public void AddingANumberToARowOfLogitsChangesNothingAndTheLabelsLogitDoesNotMoveNckd()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var (student, teacher, labels) = (golden.Tensor("student", ScalarType.Float64), Teacher(golden, ScalarType.Float64), golden.Long("labels"));
        var shift = linspace(-50, 50, student.shape[0], ScalarType.Float64).unsqueeze(1);
        var raised = student + nn.functional.one_hot(labels, student.shape[1]) * 3;

        Numbers.Close([golden.Terms["tckd"]], Numbers.Of(DecoupledDistillation.TargetDivergence(Of(student + shift), teacher, labels, 4)), 1e-11);
        Numbers.Close([golden.Terms["nckd"]], Numbers.Of(DecoupledDistillation.NonTargetDivergence(Of(student + shift), teacher, labels, 4)), 1e-11);
        Numbers.Close([golden.Terms["nckd"]], Numbers.Of(DecoupledDistillation.NonTargetDivergence(Of(raised), teacher, labels, 4)), 1e-11);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 20_000 - 1.0986)] // all of the teacher's mass is on the other classes, which the student gives 3·e^−20000
    [InlineData(1, 0, 20_000)] // all of it is on the label, which the student gives e^−20000
    public void SurePredictionsKeepFiniteValuesAndGradients(int studentsBest, int teachersBest, double expected)
    {
        using var scope = NewDisposeScope();
        var student = Sure(studentsBest).requires_grad_();
        var labels = tensor(new[] { 0L, 0 });

        var (tckd, nckd) = (DecoupledDistillation.TargetDivergence(Of(student), Of(Sure(teachersBest)), labels, 1), DecoupledDistillation.NonTargetDivergence(Of(student), Of(Sure(teachersBest)), labels, 1));
        (tckd + nckd).backward();

        Numbers.Within([expected], Numbers.Of(tckd), .005); // numbers of that size are .002 apart in single precision
        Assert.True(double.IsFinite(nckd.item<float>()));
        Assert.All(Numbers.Of(student.grad!), g => Assert.True(double.IsFinite(g)));

        static Tensor Sure(int best) => nn.functional.one_hot(tensor(new[] { (long)best, best }), 4).to(ScalarType.Float32) * 20_000 - 10_000;
    }

    [Fact]
    public void WhatIsLeftOfASureTeacherStillTeaches()
    {
        using var scope = NewDisposeScope();
        // 1 − p_y is 1e-17: nothing in double precision by subtraction, and the order of the other classes all the same.
        var teacher = tensor(new[] { 40.0, 2, 1, 0 }, [1, 4]);
        var student = tensor(new[] { 0.0, 0, 0, 0 }, [1, 4]);
        var expected = Numbers.Of(KnowledgeDistillation.SoftenedDivergence(Of(student[TensorIndex.Ellipsis, 1..]), Of(teacher[TensorIndex.Ellipsis, 1..]), 1));

        Numbers.Close(expected, Numbers.Of(DecoupledDistillation.NonTargetDivergence(Of(student), Of(teacher), tensor(new[] { 0L }), 1)), 1e-12);
    }

    [Fact]
    public void WeightsWarmUp()
    {
        var method = new DecoupledDistillation { Alpha = 2, Beta = 10 };
        double[] At(double epoch)
        {
            using var scope = NewDisposeScope();
            var input = new LossInput(Of(randn(2, 3)), Of(randn(2, 3)), new BatchLabels(tensor(new[] { 0L, 1 }))) { Epoch = epoch };
            return [.. method.CreateLoss(Losses.Context()).Compute(input).Select(t => t.Weight)];
        }

        Assert.Equal([0, 0], At(0));
        Assert.Equal([.5, 2.5], At(5));
        Assert.Equal([2, 10], At(20));
        Assert.Equal([2, 10], At(31.5));
        Assert.Equal(1, DecoupledDistillation.WarmUp(0, 0));
    }

    [Fact]
    public void ItNeedsLogitsAndLabelsAndTrainsNothingBesideTheStudent()
    {
        Assert.Equal((TeacherParts.Logits, BatchParts.Labels), (new DecoupledDistillation().Needs, new DecoupledDistillation().Uses));
        Assert.Null(new DecoupledDistillation().CreateLoss(Losses.Context()).Helper);
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var teacher = golden.Tensor("teacher", ScalarType.Float64).clone().requires_grad_();
        var (student, labels) = (Of(golden.Tensor("student", ScalarType.Float64)), golden.Long("labels"));

        (DecoupledDistillation.TargetDivergence(student, Of(teacher), labels, 4) + DecoupledDistillation.NonTargetDivergence(student, Of(teacher), labels, 4)).backward();

        Assert.Null(teacher.grad);
    }

    [Fact]
    public void ATrainedStudentComesToAgree()
    {
        var run = Losses.Train(new DecoupledDistillation { WarmUpEpochs = 0 });

        Assert.True(run.Share < .7, $"The terms fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Fact]
    public void EveryOptionMatters()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        double Total(DecoupledDistillation method)
        {
            var input = new LossInput(Of(golden.Tensor("student", ScalarType.Float64)), Teacher(golden, ScalarType.Float64), new BatchLabels(golden.Long("labels"))) { Epoch = 3 };
            return method.CreateLoss(Losses.Context()).Compute(input).Sum(t => t.Value.item<double>() * t.Weight);
        }

        double[] totals =
        [
            Total(new()), Total(new() { Alpha = 3 }), Total(new() { Beta = 2 }), Total(new() { Temperature = 1 }), Total(new() { WarmUpEpochs = 5 }),
        ];

        Assert.Equal(totals.Length, totals.Distinct().Count());
        Assert.Equal("DecoupledDistillation alpha 1 beta 8 temperature 4 warm-up epochs 20", new DecoupledDistillation().ToString());
    }

    [Fact]
    public void WithoutATeacherItIsRefused() => Assert.Equal(
        "Methods of DistillImageClassification: DecoupledDistillation learns from a teacher, and there is none. (Parameter 'options')",
        Losses.Refusal(new DecoupledDistillation(), Losses.Context(teacher: false)));

    [Theory]
    [InlineData(-1, 8, 4, 20, "DecoupledDistillation.Alpha is -1; it must be 0 or more.")]
    [InlineData(1, double.NaN, 4, 20, "DecoupledDistillation.Beta is NaN; it must be 0 or more.")]
    [InlineData(0, 0, 4, 20, "DecoupledDistillation.Alpha and Beta are both 0, so nothing would be learned from the teacher; set one above 0.")]
    [InlineData(1, 8, 0, 20, "DecoupledDistillation.Temperature is 0; it must be above 0.")]
    [InlineData(1, 8, double.PositiveInfinity, 20, "DecoupledDistillation.Temperature is Infinity; it must be above 0.")]
    [InlineData(1, 8, 4, -.5, "DecoupledDistillation.WarmUpEpochs is -0.5; it must be 0 or more.")]
    public void OptionsOutOfRangeAreFaults(double alpha, double beta, double temperature, double warmUp, string fault)
    {
        var faults = new Faults("x");

        new DecoupledDistillation { Alpha = alpha, Beta = beta, Temperature = temperature, WarmUpEpochs = warmUp }.Validate(faults);

        Assert.Equal($"x: {fault} (Parameter 'p')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message);
    }

    private static ModelOutput Of(Tensor logits) => new(logits, [], null);

    private static ModelOutput Teacher(MethodGolden golden, ScalarType type)
    {
        var (first, weight) = (golden.Tensor("teacher", type), golden.Options["weight"]);
        return weight == 1 ? Of(first) : Of(first) with { Members = [(first, weight), (golden.Tensor("teacher2", type), 1 - weight)] };
    }
}
