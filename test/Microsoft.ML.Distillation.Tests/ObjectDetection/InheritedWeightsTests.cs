using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Students;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class InheritedWeightsTests
{
    [Fact]
    public void NecksAndHeadsAreTheTeachersAndBackbonesAreNot()
    {
        string[] classes = ["a", "b"];
        using var teacher = Modules.Wear(ObjectDetector.RetinaNet(18, 8).CreateModule(classes, seed: 1));
        using var student = ObjectDetector.RetinaNet(34, 8).CreateModule(classes, seed: 2);
        var (theirs, before) = (Modules.Weights(teacher), Modules.Weights(student));

        var copied = InheritedWeights.Copy(teacher, classes, student, classes);

        var after = Modules.Weights(student);
        Assert.Equal(after.Keys.Count(name => !IsBackbone(name)), copied);
        Assert.All(after, weight => Assert.Equal(IsBackbone(weight.Key) ? before[weight.Key] : theirs[weight.Key], weight.Value));
    }

    [Fact]
    public void ClassesGoByNameAndUnknownOnesStay()
    {
        using var scope = NewDisposeScope();
        using var teacher = Modules.Wear(ObjectDetector.YoloV5n.CreateModule(["a", "b", "c"], seed: 1));
        using var student = ObjectDetector.YoloV5n.CreateModule(["c", "new", "a"], seed: 2);
        var (theirs, before) = (Head(teacher, 3), Head(student, 3));

        InheritedWeights.Copy(teacher, ["a", "b", "c"], student, ["c", "new", "a"]);

        var after = Head(student, 3);
        (int To, int From)[] rows = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 7), (7, 5)];
        Assert.All(rows, row => Assert.Equal(theirs[row.From], after[row.To]));
        Assert.Equal(before[6], after[6]);
    }

    [Fact]
    public void OtherShapesStay()
    {
        using var teacher = Modules.Wear(ObjectDetector.YoloV5s.CreateModule(["a"], seed: 1));
        using var student = ObjectDetector.YoloV5n.CreateModule(["a"], seed: 2);
        var before = Modules.Weights(student);

        InheritedWeights.Copy(teacher, ["a"], student, ["a"]);

        Assert.All(Modules.Weights(student).Where(w => IsBackbone(w.Key) || w.Key.StartsWith("head.0.weight", StringComparison.Ordinal)), weight => Assert.Equal(before[weight.Key], weight.Value));
    }

    private static bool IsBackbone(string name) => name.StartsWith("backbone.", StringComparison.Ordinal);

    /// <summary>The bias rows of the first level's first anchor, and so of all.</summary>
    private static float[] Head(nn.Module module, int classes) => Modules.Weights(module)["head.0.bias"][..(5 + classes)];
}
