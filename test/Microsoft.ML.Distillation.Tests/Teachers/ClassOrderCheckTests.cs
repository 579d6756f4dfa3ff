using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class ClassOrderCheckTests
{
    private static readonly string[] Names = ["cat", "dog", "elk", "owl"];

    [Theory]
    [InlineData(1)]
    [InlineData(.6)]
    [InlineData(.35)]
    public void InOrderIsSilent(double accuracy)
    {
        var labels = Labels(400, 4, seed: 1);

        ClassOrderCheck.Check("T", Predicted(labels, 4, accuracy, c => c, seed: 2), labels, Names);
    }

    [Theory]
    [InlineData(400, 1)]
    [InlineData(400, .6)]
    [InlineData(24, 1)]
    public void AnotherOrderIsFoundOut(int rows, double accuracy)
    {
        var labels = Labels(rows, 4, seed: 1);

        var message = Assert.Throws<InvalidDataException>(() => ClassOrderCheck.Check("T", Predicted(labels, 4, accuracy, c => (c + 1) % 4, seed: 2), labels, Names)).Message;

        Assert.StartsWith($"T has its classes in another order than the labels' keys: on {rows / 2} labelled images it is right on ", message, StringComparison.Ordinal);
        Assert.EndsWith("Give its class names in the order of its outputs (classNames); judged by these images they would be: owl, cat, dog, elk.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheMessageSaysHowMuchBetter()
    {
        var labels = Enumerable.Range(0, 200).Select(i => i / 2 % 4).ToArray();

        Assert.Equal(
            "T has its classes in another order than the labels' keys: on 100 labelled images it is right on 50 % in the given order and on 100 % with its classes reassigned. "
            + "Give its class names in the order of its outputs (classNames); judged by these images they would be: dog, cat, elk, owl.",
            Assert.Throws<InvalidDataException>(() => ClassOrderCheck.Check("T", labels.Select(c => c < 2 ? 1 - c : c).ToArray(), labels, Names)).Message);
    }

    [Theory]
    [InlineData(2, 500)]
    [InlineData(2, 30)]
    [InlineData(2, 4)]
    [InlineData(4, 500)]
    [InlineData(4, 20)]
    [InlineData(10, 60)]
    public void ATeacherThatKnowsNothingIsNotBlamedForItsOrder(int classes, int rows)
    {
        var names = Enumerable.Range(0, classes).Select(c => $"{c}").ToArray();
        for (var seed = 0; seed < 100; seed++)
        {
            var labels = Labels(rows, classes, seed);
            ClassOrderCheck.Check("T", Labels(rows, classes, seed + 1000), labels, names);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void AHandfulOfRowsProvesNothing(int rows)
    {
        var labels = Enumerable.Range(0, rows).Select(i => i / 2 % 2).ToArray();

        ClassOrderCheck.Check("T", labels.Select(c => 1 - c).ToArray(), labels, Names);
    }

    [Fact]
    public void SmallGainsAreTolerated()
    {
        // Two classes that swap on 8 % more of the rows than not.
        var labels = Enumerable.Range(0, 2000).Select(i => i / 2 % 2).ToArray();

        ClassOrderCheck.Check("T", labels.Select((c, i) => i / 4 % 100 < 54 ? 1 - c : c).ToArray(), labels, Names);
    }

    private static int[] Labels(int rows, int classes, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
    }

    private static int[] Predicted(int[] labels, int classes, double accuracy, Func<int, int> order, int seed)
    {
        var random = new Random(seed);
        return [.. labels.Select(label => order(random.NextDouble() < accuracy ? label : random.Next(classes)))];
    }
}
