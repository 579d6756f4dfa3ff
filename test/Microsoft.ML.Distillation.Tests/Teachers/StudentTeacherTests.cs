using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class StudentTeacherTests
{
    private const int Classes = 4;
    private static readonly ImageSize Own = new(16, 12);
    private static readonly TeacherSettings Settings = new(CPU, Threads: 1, TeacherParts.Logits | TeacherParts.Features | TeacherParts.Embedding);

    public static TheoryData<int, int> Stored => new() { { 16, 12 }, { 24, 20 } };

    [Theory]
    [MemberData(nameof(Stored))]
    public void ItGivesWhatTheModuleItselfGives(int width, int height)
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        var description = StudentExporterTests.Describe("resnet8", Classes, new(width, height), Own);
        using var teacher = Open(module, description, Settings);
        var pixels = Pixels(width, height);

        var output = teacher.Forward(pixels);

        using var view = new PixelTransforms(new(width, height), Own, description.Normalization, CPU);
        var expected = module.call(view.Apply(pixels));
        Close(expected.Logits!, output.Logits!);
        Close(expected.Embedding!, output.Embedding!);
        Assert.Equal(4, output.Features.Count);
        foreach (var (wanted, got) in expected.Features.Zip(output.Features))
            Close(wanted, got);
        Assert.Equal((Own, Classes, module.CountParameters()), (teacher.InputSize!.Value, teacher.ClassCount, teacher.ParameterCount!.Value));
    }

    [Fact]
    public void InBFloat16ItSaysTheSameButForRounding()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        var description = StudentExporterTests.Describe("resnet8", Classes, Own, Own);
        using var exact = Open(module, description, Settings);
        using var rounded = Open(module, description, Settings with { Precision = Precision.BFloat16 });
        var pixels = Pixels(Own.Width, Own.Height);

        var (expected, output) = (exact.Forward(pixels), rounded.Forward(pixels));

        var (wanted, got) = (new[] { expected.Logits!, expected.Embedding! }.Concat(expected.Features).ToList(), new[] { output.Logits!, output.Embedding! }.Concat(output.Features).ToList());
        Assert.All(got, t => Assert.Equal(ScalarType.Float32, t.dtype));
        foreach (var (one, other) in wanted.Zip(got))
        {
            Numbers.Close(Numbers.Of(one), Numbers.Of(other), .05);
            Assert.NotEqual(Numbers.Of(one), Numbers.Of(other));
        }
        Assert.Equal(Numbers.Of(output.Logits!), Numbers.Of(rounded.Forward(pixels).Logits!));
    }

    [Fact]
    public void ItsShapesAreThoseOfWhatItGives()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        using var teacher = Open(module, StudentExporterTests.Describe("resnet8", Classes, Own, Own), Settings);

        var (shape, output) = (teacher.Describe(Own), teacher.Forward(Pixels(Own.Width, Own.Height)));

        Assert.Equal(output.Features.Select(f => (f.shape[1], f.shape[2], f.shape[3])), shape.Features.Select(f => ((long)f.Channels, (long)f.Height, (long)f.Width)));
        Assert.Equal([output.Logits!.shape[1], output.Embedding!.shape[1]], [(long)shape.Classes!, (long)shape.Embedding!]);
    }

    // Logits alone are 4 bytes a class; with its maps a cached view would be a thousand times that.
    [Theory]
    [InlineData((int)TeacherParts.Logits)]
    [InlineData((int)TeacherParts.Features)]
    [InlineData((int)TeacherParts.Embedding)]
    public void OnlyWhatIsWantedIsGiven(int parts)
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        var description = StudentExporterTests.Describe("resnet8", Classes, Own, Own);
        using var teacher = OpenedTeacher.Open(Teacher(module, description), Settings with { Parts = (TeacherParts)parts }, Modules.Classes(Classes));

        var output = teacher.Forward(Pixels(Own.Width, Own.Height));

        Assert.Equal(
            (TeacherParts)parts,
            (output.Logits is null ? 0 : TeacherParts.Logits) | (output.Features.Count == 0 ? 0 : TeacherParts.Features) | (output.Embedding is null ? 0 : TeacherParts.Embedding));
    }

    [Fact]
    public void ThereAreGradientsOnlyWhereTheyAreWanted()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        var description = StudentExporterTests.Describe("resnet8", Classes, Own, Own);
        using var plain = OpenedTeacher.Open(Teacher(module, description), Settings, Modules.Classes(Classes));
        using var derived = OpenedTeacher.Open(Teacher(module, description), Settings with { Parts = Settings.Parts | TeacherParts.Gradients }, Modules.Classes(Classes));
        var pixels = Pixels(Own.Width, Own.Height);

        var (without, with) = (plain.Forward(pixels), derived.Forward(pixels));
        var byInput = autograd.grad([with.Logits!.sum()], [with.Input!]).Single();

        Assert.Null(without.Input);
        Assert.False(without.Logits!.requires_grad);
        Assert.All(without.Features, f => Assert.False(f.requires_grad));
        Assert.True(with.Features[0].requires_grad);
        Assert.Equal(pixels.shape, byInput.shape);
        Assert.True(byInput.abs().max().item<float>() > 0);
        Close(without.Logits!, with.Logits!);
    }

    // The gradient by the input is the slope of the logits: a step along it raises them by its squared length.
    [Fact]
    public void TheGradientByTheInputIsTheSlope()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        using var teacher = OpenedTeacher.Open(
            Teacher(module, StudentExporterTests.Describe("resnet8", Classes, Own, Own)), Settings with { Parts = Settings.Parts | TeacherParts.Gradients }, Modules.Classes(Classes));
        var output = teacher.Forward(Pixels(Own.Width, Own.Height));
        var gradient = autograd.grad([output.Logits!.select(1, 0).sum()], [output.Input!]).Single();
        module.to(ScalarType.Float64);

        var (view, along) = (output.Input!.detach().to(ScalarType.Float64), gradient.to(ScalarType.Float64));
        const double Step = 1e-6;
        var rise = (Value(view + along * Step) - Value(view - along * Step)) / (2 * Step);

        // The gradient is float32's: 1e-4 of it is a generous rounding of a network of 8 layers.
        Numbers.Close([along.square().sum().item<double>()], [rise], 1e-4);

        double Value(Tensor input) => module.call(input).Logits!.select(1, 0).sum().item<double>();
    }

    [Fact]
    public void ItsClassesAreTheFilesAndItsScoresFollowTheLabels()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        var teacher = Teacher(module, StudentExporterTests.Describe("resnet8", Classes, Own, Own));
        using var own = OpenedTeacher.Open(teacher, Settings, Modules.Classes(Classes));
        using var other = OpenedTeacher.Open(teacher, Settings, ["class 3", "class 0"]);

        var (all, some) = (Numbers.Floats(own.Forward(Pixels(16, 12)).Logits!), Numbers.Floats(other.Forward(Pixels(16, 12)).Logits!));

        Assert.Equal(Modules.Classes(Classes), teacher.ClassNames);
        Assert.Equal(all.Chunk(Classes).SelectMany(row => new[] { row[3], row[0] }), some);
    }

    [Fact]
    public void FilesAreNamedByTheirPath()
    {
        using var folder = new TemporaryFolder();
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        File.WriteAllBytes(folder["teacher.onnx"], StudentExporter.Standalone(module, StudentExporterTests.Describe("resnet8", Classes, Own, Own)));

        var teacher = StudentTeacher.FromOnnx(folder["teacher.onnx"]);

        Assert.Contains("resnet8", teacher.Name, StringComparison.Ordinal);
        Assert.Contains(folder["teacher.onnx"], teacher.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsAnError() =>
        Assert.Equal("There is no teacher file 'nowhere.onnx'.", Assert.Throws<FileNotFoundException>(() => StudentTeacher.FromOnnx("nowhere.onnx")).Message);

    [Fact]
    public void AForeignFileIsAnError() => Assert.Contains(
        "was not exported by this library",
        Assert.Throws<InvalidDataException>(() => StudentTeacher.FromOnnx(new Classifiers(new(5, 4), 3).ToBytes())).Message, StringComparison.Ordinal);

    private static TeacherSession Open(ClassifierModule module, StudentDescription description, TeacherSettings settings) => Teacher(module, description).Open(settings);

    private static StudentTeacher Teacher(ClassifierModule module, StudentDescription description) => StudentTeacher.FromOnnx(StudentExporter.Standalone(module, description));

    private static Tensor Pixels(int width, int height) => tensor(Modules.Pixels(3 * 3 * width * height, seed: 7), [3, 3, height, width]);

    // Both run the same float32 layers, on another layout in memory.
    private static void Close(Tensor expected, Tensor actual) => Numbers.Close(Numbers.Of(expected), Numbers.Of(actual), 1e-5);
}
