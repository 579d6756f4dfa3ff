using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.Malformed;


/// <summary>Every bad model through every door for models, and a student's own files cut short.</summary>
[Collection(nameof(TrainingTests))]
public class BadModelsTests(FittedPipeline fitted)
{
    private const string Kind = "models";

    private static readonly Dictionary<string, string> Words = new()
    {
        ["empty.onnx"] = "is empty; expected an ONNX model",
        ["cut-in-half.onnx"] = "begins like an ONNX model but can't be read to its end",
        ["cut-before-opset.onnx"] = "begins like an ONNX model but names no operator set",
        ["noise.onnx"] = "is no ONNX model",
        ["page.onnx"] = "is an HTML page; expected an ONNX model",
        ["student.zip.onnx"] = "is a zip archive; expected an ONNX model",
        ["cut-zip.onnx"] = "is a damaged zip archive",
        ["no-graph.onnx"] = "has no graph",
        ["shape-overflows.onnx"] = "declares a tensor 'w' of the shape 4611686018427387904×4611686018427387904, which no memory holds",
        ["shape-wraps.onnx"] = "declares a tensor 'w' of 4611686018427387904×1 Float, which take 18446744073709551616 bytes; the file has 0",
        ["shape-negative.onnx"] = "declares a tensor 'w' of the shape -3, which no memory holds",
        ["giant.onnx"] = "declares a tensor 'w' of 1048576×1048576 Float, which take 4398046511104 bytes; the file has 12",
        ["giant-without-data.onnx"] = "declares a tensor 'w' of 1099511627776 Float, which is 1099511627776 values; the file has 0",
        ["short-data.onnx"] = "declares a tensor 'w' of 4 Float, which take 16 bytes; the file has 12",
        ["giant-in-attribute.onnx"] = "declares a tensor '' of 1125899906842624 Float",
        ["deep.onnx"] = "nests graphs or types deeper than any network does",
        ["long-circle.onnx"] = "computes tensors in a circle: 'a', 'b' can't be had without one another",
        ["own-input.onnx"] = "computes tensors in a circle: 'logits'",
        ["circle-in-branch.onnx"] = "computes tensors in a circle: 'q'",
        ["two-initialisers.onnx"] = "has two initialisers named 'w'",
        ["two-inputs.onnx"] = "has two inputs named 'image'",
        ["made-twice.onnx"] = "makes the tensor 'pooled' twice, by a GlobalAveragePool and a Relu",
        ["made-and-given.onnx"] = "has an initialiser 'w' that a node (Relu) makes too",
        ["opset-huge.onnx"] = "names version 4611686018427387904 of the operator set 'ai.onnx'",
        ["opset-zero.onnx"] = "names version 0 of the operator set 'ai.onnx'",
        ["outside-dot-dot.onnx"] = "names the file '../images/rgb.png', which is not beneath the model's folder",
        ["outside-absolute.onnx"] = "names the file '/etc/hostname', which is not beneath the model's folder",
        ["outside-no-file.onnx"] = "weights.bin', which doesn't exist",
        ["outside-folder.onnx"] = "names the file '.', which is not beneath the model's folder",
        ["outside-zero-character.onnx"] = "a?b', which doesn't exist",
        ["outside-beyond-end.onnx"] = "should lie at bytes 4 to 16 of",
        ["outside-giant.onnx"] = "should lie at bytes 0 to 4611686018427387904 of",
    };

    public static TheoryData<string> Names => [.. Words.Keys];

    [Fact]
    public void EveryFileHasACase() => Assert.Equal(Words.Keys.Append("fine.onnx").Order(StringComparer.Ordinal), MalformedFiles.Names(Kind));

    [Fact]
    public void TheOneThatIsFineIsRead()
    {
        var teacher = OnnxTeacher.FromFile(MalformedFiles.PathOf(Kind, "fine.onnx"));

        Assert.Equal([1, 2, 3], OnnxModelFile.FromPath(MalformedFiles.PathOf(Kind, "fine.onnx")).ReadFloats("w"));
        Assert.NotNull(teacher.Inspect());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AsATeacher(string name) => Refused(name, path => OnnxTeacher.FromFile(path));

    [Theory]
    [MemberData(nameof(Names))]
    public void AsAStudentToTrainFurther(string name) => Refused(name, path => ImageClassifier.FromOnnx(path));

    // These doors take bytes, to which no folder belongs.
    [Theory]
    [MemberData(nameof(Names))]
    public void AsBytes(string name)
    {
        var bytes = MalformedFiles.Bytes(Kind, name);
        foreach (var message in new[]
        {
            Assert.Throws<InvalidDataException>(() => OnnxTeacher.FromBytes(bytes)).Message,
            Assert.Throws<InvalidDataException>(() => StudentTeacher.FromOnnx(bytes)).Message,
            Assert.Throws<InvalidDataException>(() => StudentTeacher.FromOnnx(MalformedFiles.PathOf(Kind, name))).Message,
        })
            Assert.Contains(name.StartsWith("outside", StringComparison.Ordinal) ? "and the model was given as bytes" : Words[name], message, StringComparison.Ordinal);
    }

    // Behind the graph come the operator sets and the metadata, so that some cuts leave a sound model of nobody known.
    [Fact]
    public void AStudentCutAnywhereIsRefused()
    {
        var whole = fitted.Student.ToOnnx();
        var lengths = Enumerable.Range(0, 64).Concat(Enumerable.Range(1, 200).Select(i => whole.Length - i)).Concat(Enumerable.Range(1, 40).Select(i => (int)((long)whole.Length * i / 41)));
        foreach (var length in lengths)
        {
            Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(whole[..length]));
            Assert.Throws<InvalidDataException>(() => StudentTeacher.FromOnnx(whole[..length]));
        }
    }

    [Fact]
    public void AStudentsZipIsNotAStudentsOnnxFile()
    {
        Assert.Contains("an ML.NET model's .zip is loaded with MLContext.Model.Load", Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(fitted.Zip)).Message, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["cut.zip"], File.ReadAllBytes(fitted.Zip)[..1000]);

        Assert.Contains("is a damaged zip archive", Assert.Throws<InvalidDataException>(() => StudentTeacher.FromOnnx(folder["cut.zip"])).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => new MLContext().Model.Load(folder["cut.zip"], out _));
    }

    // A pipe has no length, and to open one is to wait for somebody who writes.
    [Fact]
    public void APipeIsNotWaitedFor()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TemporaryFolder();
        File.Copy(MalformedFiles.PathOf(Kind, "outside-no-file.onnx"), folder["m.onnx"]);
        using (var make = System.Diagnostics.Process.Start("mkfifo", folder["weights.bin"]))
            make.WaitForExit();

        Assert.Contains("has 0 bytes in", Assert.Throws<InvalidDataException>(() => OnnxTeacher.FromFile(folder["m.onnx"])).Message, StringComparison.Ordinal);
    }

    private static void Refused(string name, Action<string> open)
    {
        var path = MalformedFiles.PathOf(Kind, name);
        var error = Assert.ThrowsAny<IOException>(() => Rethrown(() => open(path)));

        Assert.StartsWith($"'{path}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(Words[name], error.Message, StringComparison.Ordinal);
    }

    /// <summary>InvalidDataException is no IOException, though the doors throw either.</summary>
    private static void Rethrown(Action open)
    {
        try
        {
            open();
        }
        catch (InvalidDataException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
