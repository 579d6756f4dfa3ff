using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.Students;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class OnnxTeacherTests
{
    private static readonly byte[] Model = new Classifiers(new(5, 4), 3).ToBytes();

    [Fact]
    public void AnyonesModelIsTakenForAnImageNetOneWithoutNames()
    {
        var teacher = OnnxTeacher.FromBytes(Model);

        Assert.Equal("ONNX teacher (from bytes)", teacher.Name);
        Assert.Same(ImageNormalization.ImageNet, teacher.Normalization);
        Assert.Null(teacher.ClassNames);
    }

    [Fact]
    public void OurStudentsSayTheirClassesAndNormaliseInside()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var student = StudentExporter.Standalone(module, StudentExporterTests.Describe("resnet8", 3, new(16, 16), new(16, 16)));

        var teacher = OnnxTeacher.FromBytes(student);
        var other = OnnxTeacher.FromBytes(student, new() { ClassNames = ["x", "y", "z"], Normalization = ImageNormalization.ZeroToOne });

        Assert.Same(ImageNormalization.Raw, teacher.Normalization);
        Assert.Equal(Modules.Classes(3), teacher.ClassNames);
        Assert.Same(ImageNormalization.ZeroToOne, other.Normalization);
        Assert.Equal(["x", "y", "z"], other.ClassNames);
    }

    [Fact]
    public void FilesAreNamedByTheirPath()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["teacher.onnx"], Model);

        var teacher = OnnxTeacher.FromFile(folder["teacher.onnx"], ImageNormalization.MinusOneToOne, ["a", "b", "c"]);

        Assert.Equal($"ONNX teacher '{folder["teacher.onnx"]}'", teacher.Name);
        Assert.Same(ImageNormalization.MinusOneToOne, teacher.Normalization);
        Assert.Equal(["a", "b", "c"], teacher.ClassNames);
        Assert.Throws<FileNotFoundException>(() => OnnxTeacher.FromFile(folder["none.onnx"]));
    }

    [Fact]
    public void ClassNamesMustDiffer()
    {
        var faults = new Faults("Options");

        OnnxTeacher.FromBytes(Model, new() { ClassNames = ["a", "b", "a"] }).Validate(faults);

        Assert.Equal("Options: ONNX teacher (from bytes) has class names that are not distinct. (Parameter 'o')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message);
    }

    [Fact]
    public void BytesThatAreNoModelAreRefused() =>
        Assert.StartsWith("(from bytes) is ", Assert.Throws<InvalidDataException>(() => OnnxTeacher.FromBytes([0x50, 0x4B, 3, 4, 0, 0, 0, 0])).Message, StringComparison.Ordinal);
}
