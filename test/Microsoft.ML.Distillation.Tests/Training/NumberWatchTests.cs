using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class NumberWatchTests
{
    [Fact]
    public void TheFirstWrongNumberIsNamed()
    {
        using var scope = NewDisposeScope();
        using var watch = new NumberWatch(CPU);
        watch.Add(7, [1, 2], [("task", tensor(1f)), ("kd", tensor(2f))], tensor(3f));
        watch.Add(8, [3, 4], [("task", tensor(1f)), ("kd", tensor(float.NegativeInfinity)), ("late", tensor(float.NaN))], tensor(float.NaN));
        watch.Add(9, [5, 6], [("task", tensor(float.NaN))], tensor(3f));

        var wrong = watch.Look()!;

        Assert.Equal((8, "loss term 'kd'", double.NegativeInfinity), (wrong.Step, wrong.What, wrong.Value));
        Assert.Equal([3, 4], wrong.Rows);
        Assert.Null(watch.Look());
    }

    [Fact]
    public void LooksCanBeFurtherApart()
    {
        using var scope = NewDisposeScope();
        using var watch = new NumberWatch(CPU, every: 2);
        watch.Add(0, [0], [("task", tensor(1f))], tensor(0f));
        Assert.False(watch.IsDue);
        watch.Add(1, [0], [("task", tensor(1f))], tensor(0f));
        Assert.True(watch.IsDue);
    }

    [Fact]
    public void FiniteNumbersAreNothing()
    {
        using var scope = NewDisposeScope();
        using var watch = new NumberWatch(CPU);
        Assert.False(watch.IsDue);
        watch.Add(0, [0], [("task", tensor(float.MaxValue))], tensor(0f));

        Assert.True(watch.IsDue);
        Assert.Null(watch.Look());
        Assert.False(watch.IsDue);
    }
}
