using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class TermMeansTests
{
    [Fact]
    public void MeansAreOverAllSteps()
    {
        using var means = new TermMeans();
        foreach (var value in new[] { 1f, 2f, 6f })
        {
            using var scope = NewDisposeScope();
            var task = tensor(value).requires_grad_();
            means.Add([("task", task), ("kd", task * -10)]);
        }

        Assert.Equal(new Dictionary<string, double> { ["task"] = 3, ["kd"] = -30 }, means.Read());
    }

    [Fact]
    public void ATermIsNotChangedByBeingAdded()
    {
        using var scope = NewDisposeScope();
        using var means = new TermMeans();
        var first = tensor(1f);

        means.Add([("task", first)]);
        means.Add([("task", tensor(5f))]);

        Assert.Equal(1, first.item<float>());
        Assert.Equal(3, means.Read()["task"]);
        Assert.Equal(3, means.Read()["task"]);
    }

    [Fact]
    public void SumsPutBackGoOn()
    {
        using var scope = NewDisposeScope();
        using var first = new TermMeans();
        using var second = new TermMeans();
        first.Add([("task", tensor(1f)), ("kd", tensor(8f))]);
        second.Add([("other", tensor(100f))]);

        second.Restore(first.Tensors.ToDictionary(t => t.Name, t => t.Value));
        foreach (var means in new[] { first, second })
            means.Add([("task", tensor(5f)), ("kd", tensor(0f))]);

        Assert.Equal(new Dictionary<string, double> { ["task"] = 3, ["kd"] = 4 }, second.Read());
        Assert.Equal(first.Read(), second.Read());
    }

    [Fact]
    public void AClearedOneBeginsAnew()
    {
        using var scope = NewDisposeScope();
        using var means = new TermMeans();
        means.Add([("task", tensor(1f))]);

        means.Clear();
        means.Add([("kd", tensor(2f))]);

        Assert.Equal(new Dictionary<string, double> { ["kd"] = 2 }, means.Read());
    }
}
