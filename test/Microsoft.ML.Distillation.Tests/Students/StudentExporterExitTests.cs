using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

/// <summary>Early exits as files of their own.</summary>
public class StudentExporterExitTests
{
    private const double Tolerance = 1e-4;

    public static TheoryData<DistillationMethod, int, int> Cases() => new()
    {
        { new BeYourOwnTeacher(), 16, 16 },
        { new BeYourOwnTeacher(), 21, 13 }, // stored for a larger teacher: resized in the graph
        { new DeepSupervision { Stages = [0, 2] }, 16, 16 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnExitsFileEqualsTheModulesExitAtAnyBatch(DistillationMethod method, int width, int height)
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet14, 5);
        var description = StudentExporterTests.Describe("resnet14", 5, new(width, height), new(16, 16));
        var loss = method.CreateLoss(Losses.Context(teacher: false) with { Student = module.Describe(new(16, 16)) });
        using var helper = Modules.Wear(loss.Helper!);
        using var view = new PixelTransforms(description.StoredSize, description.StudentSize, description.Normalization, CPU);
        using var noGrad = no_grad();
        foreach (var exit in loss.Exits)
        {
            var model = StudentExporter.Exit(module, description, exit);
            foreach (var batch in new[] { 1, 5 })
            {
                var pixels = Modules.Pixels(batch * 3 * width * height, seed: batch);
                var expected = exit.Head.call(module.call(view.Apply(tensor(pixels, [batch, 3, height, width]))).Features[exit.Stage]);

                Numbers.Close(Numbers.Of(expected), Modules.RunOnnx(model, pixels, [batch, 3, height, width], "logits").Floats.Doubles(), Tolerance);
                Numbers.Within(
                    Numbers.Of(nn.functional.softmax(expected, 1)), [.. Modules.RunOnnx(model, pixels, [batch, 3, height, width], "probabilities").Floats.Doubles()], Tolerance);
            }
        }
        Assert.Equal(2, loss.Exits.Count);
    }

    [Fact]
    public void AnExitHasTheStudentsFaceAndNothingOfWhatComesAfter()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var description = StudentExporterTests.Describe("resnet8", 3, new(16, 16), new(16, 16));
        var loss = new DeepSupervision().CreateLoss(Losses.Context(teacher: false) with { Student = module.Describe(new(16, 16)) });
        using var helper = loss.Helper!;

        var student = OnnxModelFile.FromBytes(StudentExporter.Standalone(module, description), "student");
        var exit = OnnxModelFile.FromBytes(StudentExporter.Exit(module, description, loss.Exits[0]), "exit");

        Assert.Equal($"{Assert.Single(student.Inputs)}", $"{Assert.Single(exit.Inputs)}");
        Assert.Equal(student.Outputs.Select(o => $"{o}"), exit.Outputs.Select(o => $"{o}"));
        Assert.Equal(student.Metadata.Append(new("distillation.exit", "layer1")).OrderBy(m => m.Key), exit.Metadata.OrderBy(m => m.Key));
        Assert.Equal(
            student.Initializers.Keys.Where(k => k.StartsWith("input/", StringComparison.Ordinal) || k.StartsWith("conv1.", StringComparison.Ordinal)
                || k.StartsWith("bn1.", StringComparison.Ordinal) || k.StartsWith("layer1.", StringComparison.Ordinal)).Concat(["exit.fc.weight", "exit.fc.bias"]).Order(),
            exit.Initializers.Keys.Order());
    }

    [Fact]
    public void AnExitIsNoStudentToGoOnWith()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var loss = new DeepSupervision().CreateLoss(Losses.Context(teacher: false) with { Student = module.Describe(new(16, 16)) });
        using var helper = loss.Helper!;
        var exit = StudentExporter.Exit(module, StudentExporterTests.Describe("resnet8", 3, new(16, 16), new(16, 16)), loss.Exits[1]);

        Assert.Equal(
            "student (from bytes) is an early exit of a resnet8, which ends after layer2: only whole students can be trained further. "
                + "Start from the student it came from, or use the file as an OnnxTeacher.",
            Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(exit)).Message);
        Assert.Equal(Modules.Classes(3), OnnxTeacher.FromBytes(exit, new OnnxTeacherOptions()).ClassNames);
    }
}
