using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Students;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>By which teachers are told apart when a run is resumed: what is in a file, not where it lies.</summary>
[Collection(nameof(NoParallelization))]
public sealed class TeacherIdentityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARunGoesOnWithItsTeacherElsewhere()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var bytes = StudentExporter.Standalone(module, new StudentDescription("resnet8", Drawn.Classes, Quick.Size, Quick.Size, ImageNormalization.Cifar10, "none"));
        using var first = Fit(OnnxTeacher.FromFile(Copy("one/teacher.onnx", bytes)));

        var elsewhere = Path.GetRelativePath(Environment.CurrentDirectory, Copy("two/renamed.onnx", bytes));
        using var again = Fit(OnnxTeacher.FromFile(elsewhere));

        Assert.Equal(first.ToOnnx(), again.ToOnnx());
        using var other = Modules.Worn(ImageClassifier.ResNet8, 3, seed: 2);
        bytes = StudentExporter.Standalone(other, new StudentDescription("resnet8", Drawn.Classes, Quick.Size, Quick.Size, ImageNormalization.Cifar10, "none"));
        Assert.Contains("Teacher: 'ONNX teacher, content ", Assert.Throws<InvalidOperationException>(() => Fit(OnnxTeacher.FromFile(Copy("one/teacher.onnx", bytes)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TeachersFromFilesAreKnownByTheirContents()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var bytes = StudentExporter.Standalone(module, StudentExporterTests.Describe("resnet8", 3, Quick.Size, Quick.Size));
        string[] places = [Copy("one/teacher.onnx", bytes), Copy("two/renamed.onnx", bytes)];
        var others = new Classifiers(new(5, 4), 3).ToBytes();

        AssertSame(places, path => OnnxTeacher.FromFile(path).Identity, OnnxTeacher.FromBytes(others).Identity);
        AssertSame(places, path => StudentTeacher.FromOnnx(path).Identity, OnnxTeacher.FromBytes(others).Identity);
        AssertSame(places, path => new EnsembleTeacher(StudentTeacher.FromOnnx(path), OnnxTeacher.FromFile(path)).Identity, new EnsembleTeacher(OnnxTeacher.FromBytes(others)).Identity);
    }

    [Fact]
    public void SoAreDetectors()
    {
        var bytes = ColourDetector.Graph(new(64, 64));
        string[] places = [Copy("one/teacher.onnx", bytes), Copy("two/renamed.onnx", bytes)];

        AssertSame(places, path => OnnxDetectorTeacher.FromFile(path).Identity, OnnxDetectorTeacher.FromBytes(ColourDetector.Graph(new(32, 32))).Identity);
        AssertSame(places, path => new PseudoLabelOptions { Teacher = OnnxDetectorTeacher.FromFile(path) }.Identity, new PseudoLabelOptions { Teacher = OnnxDetectorTeacher.FromBytes(ColourDetector.Graph(new(32, 32))) }.Identity);
        Assert.NotEqual(new PseudoLabelOptions().Identity, new PseudoLabelOptions { ScoreThreshold = .6 }.Identity);
    }

    private static void AssertSame(string[] places, Func<string, string> identity, string other)
    {
        Assert.Equal(identity(places[0]), identity(places[1]));
        Assert.NotEqual(other, identity(places[0]));
    }

    private ImageClassificationDistillationTransformer Fit(Teacher teacher) => Quick.Fit(
        new()
        {
            Teacher = teacher,
            Student = ImageClassifier.ResNet8,
            Methods = { new KnowledgeDistillation() },
            ImageSize = Quick.Size,
            Epochs = 1,
            BatchSize = 16,
            Threads = 1,
            Seed = 1,
            Checkup = null,
            CheckpointFolder = _folder["run"],
        },
        Drawn.Rows(32));

    private string Copy(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], bytes);
        return _folder[name];
    }
}
