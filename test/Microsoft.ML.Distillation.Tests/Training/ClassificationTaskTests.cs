using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class ClassificationTaskTests
{
    private const int Rows = 42;
    private static readonly ImageSize Size = new(8, 8);

    // Pixels carry their row's number.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RowsAreKnownByTheirPlaceInAllTheData(bool cached)
    {
        var teacher = new ByRow();
        var rows = new List<int>();
        Run(teacher, cached, (_, validation) => Enumerable.Range(0, validation.Count).Select(validation.Place), (task, heldOut) =>
        {
            for (var epoch = 0; epoch < 2; epoch++)
            {
                foreach (var step in task.Epoch(epoch, first: 0))
                {
                    using var scope = NewDisposeScope();
                    step.Compute(new PhaseClock());
                    rows.AddRange(step.Rows);
                }
            }
            Assert.Empty(rows.Intersect(heldOut));
        });

        Assert.All(teacher.Asked, asked => Assert.Equal(asked.Number, asked.Row));
        Assert.Equal(rows.Distinct().Order(), teacher.Asked.Select(asked => asked.Row).Distinct().Order());
    }

    [Fact]
    public void AnEpochGoesOnFromAnyOfItsSteps() => Run(new ByRow(), cached: false, (_, _) => [], (task, _) =>
    {
        var whole = task.Epoch(1, first: 0).Select(s => s.Rows).ToList();

        for (var first = 0; first < task.StepsPerEpoch; first++)
            Assert.Equal(whole[first..], task.Epoch(1, first).Select(s => s.Rows));
    });

    [Fact]
    public void TheIdentityNamesStudentTeacherAndData() => Run(new ByRow(), cached: true, (_, _) => [], (task, _) =>
    {
        var identity = task.Identity();

        Assert.Equal(["Normalization", "Student", "Teacher", "TeacherCache", "Training images", "Validation images"], identity.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("by row, 0 weights, 0 bytes", "on, images as they are", "Cifar10"), (identity["Teacher"], identity["TeacherCache"], identity["Normalization"]));
        Assert.StartsWith("35 of 8×8, content ", identity["Training images"], StringComparison.Ordinal);
        Assert.StartsWith("7 of 8×8, content ", identity["Validation images"], StringComparison.Ordinal);
        Assert.NotEqual(identity["Training images"][^16..], identity["Validation images"][^16..]);
    });

    private static void Run(ByRow teacher, bool cached, Func<PixelStore, PixelStore, IEnumerable<int>> heldOut, Action<ClassificationTask, IEnumerable<int>> test)
    {
        var settings = Loops.Settings with { Methods = [new KnowledgeDistillation()], Augmentation = ImageAugmentation.None, TeacherCache = cached ? new() : null };
        using var module = new CifarResNet(8, [4, 4, 6, 8], 7);
        WeightInitializer.Initialize(module, seed: 1);
        using var store = Stores.Numbered(Rows, Size);
        var (training, validation) = HeldOutRows.Split(store, 1 / 6.0, seed: 1);
        using var view = new PixelTransforms(Size, Size, ImageNormalization.Cifar10, CPU);
        using var opened = OpenedTeacher.Open(teacher, new TeacherSettings(CPU, Threads: 1), Modules.Classes(7));
        using var task = new ClassificationTask(settings, new TrainingInputs(module, view, Size, training, validation, opened, CPU));
        test(task, heldOut(training, validation));
    }

    /// <summary>A teacher that notes which rows it is asked for, and what number their pixels carry.</summary>
    private sealed class ByRow : Teacher
    {
        public List<(int Row, int Number)> Asked { get; } = [];

        public override string Name => "by row";

        public override IReadOnlyList<string>? ClassNames => Modules.Classes(7);

        internal override void Validate(Faults faults)
        {
        }

        internal override TeacherSession Open(TeacherSettings settings) => new Session(Asked);

        private sealed class Session(List<(int Row, int Number)> asked) : TeacherSession
        {
            public override ImageSize? InputSize => null;

            public override int ClassCount => 7;

            public override long? ParameterCount => null;

            public override long? ModelBytes => null;

            public override ModelOutput Forward(Tensor pixels) => throw new NotSupportedException("This teacher goes by rows.");

            public override ModelOutput Forward(Tensor pixels, IReadOnlyList<int> rows)
            {
                var values = pixels.to(ScalarType.Byte).contiguous().bytes;
                for (var i = 0; i < rows.Count; i++)
                    asked.Add((rows[i], Stores.NumberOf(values[(i * 3 * 64)..])));
                return new ModelOutput(zeros(rows.Count, 7), [], null);
            }

            public override void Dispose()
            {
            }
        }
    }
}
