using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

public class StudentExporterTests
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string, int, int, int, int> Sizes => new()
    {
        { "resnet8", 16, 16, 16, 16 },
        { "resnet14", 13, 18, 13, 18 },
        { "resnet8x4", 9, 8, 9, 8 },
        { "resnet8", 24, 20, 16, 12 }, // stored for a larger teacher: resized in the graph
        { "resnet8", 8, 24, 16, 12 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void TheStandaloneFileEqualsTheModuleAtAnyBatch(string name, int width, int height, int studentWidth, int studentHeight)
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.Parse(name), 5);
        var description = Describe(name, 5, new(width, height), new(studentWidth, studentHeight));
        var model = StudentExporter.Standalone(module, description);
        foreach (var batch in new[] { 1, 3, 8 })
        {
            var pixels = Modules.Pixels(batch * 3 * width * height, seed: batch);
            var expected = Forward(module, description, pixels, batch);

            var logits = Modules.RunOnnx(model, pixels, [batch, 3, height, width], "logits");
            var probabilities = Modules.RunOnnx(model, pixels, [batch, 3, height, width], "probabilities");

            Assert.Equal([batch, 5], logits.Shape);
            Numbers.Close(Numbers.Of(expected), logits.Floats.Doubles(), Tolerance);
            Numbers.Within(Numbers.Of(nn.functional.softmax(expected, 1)), probabilities.Floats.Doubles(), Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ThePipelinesGraphGivesOneImagesLogitsDividedByTheScale(string name, int width, int height, int studentWidth, int studentHeight)
    {
        const float Scale = 2.5f;
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.Parse(name), 5);
        var description = Describe(name, 5, new(width, height), new(studentWidth, studentHeight));
        var model = StudentExporter.ForPipeline(module, description, "pixels", "scaled logits", Scale);
        var pixels = Modules.Pixels(3 * width * height, seed: 1);

        var scaled = Modules.RunOnnx(model, pixels, [1, 3, height, width], "scaled logits");

        Assert.Equal([1, 5], scaled.Shape);
        Numbers.Close(Numbers.Of(Forward(module, description, pixels, 1) / Scale), scaled.Floats.Doubles(), Tolerance);
    }

    [Fact]
    public void InputsAndOutputsSayWhatTheyTakeAndGive()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var description = Describe("resnet8", 3, new(20, 12), new(20, 12));

        var alone = OnnxModelFile.FromBytes(StudentExporter.Standalone(module, description), "student");
        var inPipeline = OnnxModelFile.FromBytes(StudentExporter.ForPipeline(module, description, "pixels", "scaled", 2), "student");

        Assert.Equal("'image' (Float N×3×12×20)", $"{Assert.Single(alone.Inputs)}");
        Assert.Equal(["'logits' (Float N×3)", "'probabilities' (Float N×3)"], alone.Outputs.Select(o => $"{o}"));
        Assert.Equal("'pixels' (Float 1×3×12×20)", $"{Assert.Single(inPipeline.Inputs)}");
        Assert.Equal("'scaled' (Float 1×3)", $"{Assert.Single(inPipeline.Outputs)}");
        Assert.Equal((8, 17), (alone.Model.IrVersion, alone.OpsetVersions[""]));
    }

    [Fact]
    public void TheMetadataTellTheFilesInputFromTheStudentsOwnSize()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);

        var file = OnnxModelFile.FromBytes(StudentExporter.Standalone(module, Describe("resnet8", 3, new(24, 20), new(16, 12))), "student");

        Assert.Equal("'image' (Float N×3×20×24)", $"{Assert.Single(file.Inputs)}");
        Assert.Equal(("24x20", "16x12"), (file.Metadata["distillation.input_size"], file.Metadata["distillation.image_size"]));
    }

    [Fact]
    public void InitialisersAreTheStateDictAndTheInputsOwn()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var description = Describe("resnet8", 3, new(20, 12), new(10, 12));

        var file = OnnxModelFile.FromBytes(StudentExporter.Standalone(module, description), "student");

        Assert.Equal(
            module.state_dict().Keys.Concat(["input/rows", "input/columns", "input/mean", "input/deviation"]).Order(StringComparer.Ordinal),
            file.Initializers.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, values) in Modules.All(module))
        {
            Assert.Equal(values.shape, file.ReadShape(name));
            Assert.Equal(Numbers.Floats(values), file.ReadFloats(name));
        }
    }

    [Fact]
    public void ResizingIsInTheGraphOnlyWhereSizesDiffer()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);

        int MatMuls(ImageSize stored) => OnnxModelFile.FromBytes(StudentExporter.Standalone(module, Describe("resnet8", 3, stored, new(16, 16))), "student")
            .Model.Graph.Node.Count(n => n.OpType == "MatMul");

        Assert.Equal((0, 2), (MatMuls(new(16, 16)), MatMuls(new(16, 17))));
    }

    [Fact]
    public void TheSameStudentGivesTheSameBytes()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var description = Describe("resnet8", 3, new(16, 16), new(16, 16));

        Assert.Equal(StudentExporter.Standalone(module, description), StudentExporter.Standalone(module, description));
    }

    internal static StudentDescription Describe(string name, int classes, ImageSize stored, ImageSize student) =>
        new(name, Modules.Classes(classes), stored, student, ImageNormalization.Cifar10, "IsoCrop");

    private static Tensor Forward(ClassifierModule module, StudentDescription description, float[] pixels, int batch)
    {
        using var noGrad = no_grad();
        using var view = new PixelTransforms(description.StoredSize, description.StudentSize, description.Normalization, CPU);
        return module.call(view.Apply(tensor(pixels, [batch, 3, description.StoredSize.Height, description.StoredSize.Width]))).Logits!;
    }
}
