using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using TorchSharp;

namespace Microsoft.ML.Distillation.Tests.Students;

public class StudentFileTests
{
    private const string Source = "student (from bytes)";
    private static readonly string[] Names = ["cat", "dog", "Zebrafink"];

    [Fact]
    public void AWarmStartCopiesWeightsAndStatisticsBitForBit()
    {
        using var trained = Modules.Worn(ImageClassifier.ResNet14, 3);

        using var again = ImageClassifier.FromOnnx(Export(trained)).CreateModule(Names, seed: 99);

        Assert.Equal(Modules.Weights(trained), Modules.Weights(again));
        Assert.Contains("layer3.1.bn2.running_var", Modules.Weights(again).Keys);
    }

    [Fact]
    public void ItIsReadFromAFileToo()
    {
        using var folder = new TemporaryFolder();
        using var trained = Modules.Worn(ImageClassifier.ResNet14, 3);
        File.WriteAllBytes(folder["student.onnx"], Export(trained));

        using var again = ImageClassifier.FromOnnx(folder["student.onnx"]).CreateModule(Names, seed: 99);

        Assert.Equal(Modules.Weights(trained), Modules.Weights(again));
    }

    [Fact]
    public void TheFileSaysWhatTheStudentIs()
    {
        using var trained = Modules.Worn(ImageClassifier.ResNet14, 3);
        var model = Export(trained);

        var file = StudentFile.Read(OnnxModelFile.FromBytes(model, "x"));
        var classifier = ImageClassifier.FromOnnx(model);

        Assert.Equal(("resnet14", new ImageSize(20, 12)), (classifier.Name, classifier.DefaultImageSize));
        Assert.Equal(Names, file.ClassNames);
        Assert.Equal(ImageNormalization.Cifar10.Mean, file.Normalization.Mean);
        Assert.Equal(ImageNormalization.Cifar10.Deviation, file.Normalization.Deviation);
    }

    [Fact]
    public void RowsOfTheClassifierGoWhereTheNamesSay()
    {
        using var trained = Modules.Worn(ImageClassifier.ResNet14, 3);
        var before = Modules.Weights(trained);

        using var again = ImageClassifier.FromOnnx(Export(trained)).CreateModule(["Zebrafink", "cat", "dog"], seed: 1);

        var after = Modules.Weights(again);
        Assert.Equal([before["fc.bias"][2], before["fc.bias"][0], before["fc.bias"][1]], after["fc.bias"]);
        Assert.Equal([.. before["fc.weight"][128..], .. before["fc.weight"][..128]], after["fc.weight"]);
        Assert.Equal(before.Where(w => !w.Key.StartsWith("fc.", StringComparison.Ordinal)), after.Where(w => !w.Key.StartsWith("fc.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("cat", "dog")]
    [InlineData("cat", "dog", "zebrafink")]
    [InlineData("cat", "dog", "Zebrafink", "owl")]
    public void OtherClassesAreRefused(params string[] classes)
    {
        using var trained = Modules.Worn(ImageClassifier.ResNet14, 3);
        var classifier = ImageClassifier.FromOnnx(Export(trained));

        Assert.Equal(
            $"{Source} knows the classes cat, dog, Zebrafink; the labels have {string.Join(", ", classes)}. "
            + "A warm start needs the same classes (in any order): train a new student, with this one as teacher if it helps.",
            Assert.Throws<InvalidDataException>(() => classifier.CreateModule(classes, seed: 1)).Message);
    }

    [Fact]
    public void OtherNetworksAreRefused() => Assert.Equal(
        $"{Source} was not exported by this library: it has no metadata 'distillation.architecture'. Only its students can be trained further; use other files as teachers.",
        Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(File.ReadAllBytes(Onnx.Foreign.Path))).Message);

    [Theory]
    [InlineData("distillation.classes", "cat, dog")]
    [InlineData("distillation.classes", "[\"cat\",\"dog\",\"cat\"]")]
    [InlineData("distillation.image_size", "20")]
    [InlineData("distillation.image_size", "0x12")]
    [InlineData("distillation.mean", "[0.5]")]
    [InlineData("distillation.deviation", "[0,1,1]")]
    [InlineData("distillation.deviation", null)]
    public void ChangedMetadataIsFoundOut(string key, string? value)
    {
        using var trained = Modules.Worn(ImageClassifier.ResNet14, 3);
        var model = WithMetadata(Export(trained), key, value);

        var message = Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(model)).Message;

        Assert.StartsWith($"{Source}: its metadata can't be read (", message, StringComparison.Ordinal);
        Assert.EndsWith("); it was changed after it was exported.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void StudentsOfAnUnknownArchitectureAreRefused()
    {
        using var trained = Modules.Worn(ImageClassifier.ResNet14, 3);

        Assert.Equal(
            $"{Source} holds a student 'resnet21', which this version of the library does not know; it knows {string.Join(", ", ImageClassifier.All.Select(a => a.Name))}. "
            + "Use the version that exported it, or the file as a teacher.",
            Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(WithMetadata(Export(trained), "distillation.architecture", "resnet21"))).Message);
    }

    [Fact]
    public void MissingOrMisshapenWeightsAreNamed()
    {
        using var trained = Modules.Worn(ImageClassifier.ResNet14, 3);
        var missing = Changed(Export(trained), m => m.Graph.Initializer.Single(i => i.Name == "bn1.running_var").Name = "elsewhere");
        var misshapen = Changed(Export(trained), m => m.Graph.Initializer.Single(i => i.Name == "fc.bias").Dims.Add(1));

        Assert.Equal(
            $"{Source}: a resnet14 of 3 classes needs 'bn1.running_var' of shape 16; the file has none.",
            Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(missing).CreateModule(Names, 1)).Message);
        Assert.Equal(
            $"{Source}: a resnet14 of 3 classes needs 'fc.bias' of shape 3; the file has 3×1.",
            Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(misshapen).CreateModule(Names, 1)).Message);
    }

    private static byte[] Export(ClassifierModule module) => StudentExporter.Standalone(
        module, new StudentDescription("resnet14", Names, new(20, 12), new(20, 12), ImageNormalization.Cifar10, "IsoCrop"));

    private static byte[] WithMetadata(byte[] model, string key, string? value) => Changed(model, m =>
    {
        var entry = m.MetadataProps.Single(p => p.Key == key);
        if (value is null)
            m.MetadataProps.Remove(entry);
        else
            entry.Value = value;
    });

    private static byte[] Changed(byte[] model, Action<ModelProto> change)
    {
        var proto = ModelProto.Parser.ParseFrom(model);
        change(proto);
        return proto.ToByteArray();
    }
}
