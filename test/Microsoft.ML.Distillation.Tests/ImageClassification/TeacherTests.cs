namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Teachers whose classes, sizes or files differ from what the data and the student have.</summary>
[Collection(nameof(TrainingTests))]
public class TeacherTests
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(48);

    [Fact]
    public void NamedClassesInAnotherOrderGiveTheVerySameStudent()
    {
        using var inOrder = Quick.Fit(Quick.Options(ColourTeacher.Named("red", "green", "blue")), Rows);
        using var reversed = Quick.Fit(Quick.Options(ColourTeacher.Named("blue", "green", "red")), Rows);

        Assert.Equal(inOrder.ToOnnx(), reversed.ToOnnx());
    }

    // The others' scores stay out of the softmax.
    [Fact]
    public void ATeacherMayKnowMoreClasses()
    {
        using var inOrder = Quick.Fit(Quick.Options(ColourTeacher.Named("red", "green", "blue")), Rows);
        using var among = Quick.Fit(Quick.Options(ColourTeacher.Named("cat", "blue", "dog", "red", "green")), Rows);

        Assert.Equal(inOrder.Report.Terms["kd"], among.Report.Terms["kd"], (a, b) => Math.Abs(a - b) <= 1e-4 * Math.Abs(a));
    }

    [Fact]
    public void UnnamedClassesInTheLabelsOrderAreTaken()
    {
        using var named = Quick.Fit(Quick.Options(ColourTeacher.Named("red", "green", "blue")), Rows);
        using var unnamed = Quick.Fit(Quick.Options(ColourTeacher.Unnamed("red", "green", "blue")), Rows);

        Assert.Equal(named.ToOnnx(), unnamed.ToOnnx());
    }

    [Fact]
    public void UnnamedClassesInAnotherOrderAreAnError()
    {
        var error = Assert.Throws<InvalidDataException>(() => Quick.Fit(Quick.Options(ColourTeacher.Unnamed("blue", "green", "red")), Rows));

        Assert.Matches(
            "^ONNX teacher \\(from bytes\\) has its classes in another order than the labels' keys: on 24 labelled images it is right on [0-9.]+ % in the given order and on [0-9.]+ % with its classes reassigned\\. "
            + "Give its class names in the order of its outputs \\(classNames\\); judged by these images they would be: blue, green, red\\.$",
            error.Message);
    }

    [Fact]
    public void TheWrongNumberOfClassesIsAnError()
    {
        var error = Assert.Throws<InvalidDataException>(() => Quick.Fit(Quick.Options(ColourTeacher.Unnamed("red", "green", "blue", "cat")), Rows));

        Assert.Equal("ONNX teacher (from bytes) scores 4 classes, the labels have 3 ('red', 'green', 'blue'). Give a teacher of these classes, or its class names (classNames) if the labels' classes are among them.", error.Message);
    }

    [Fact]
    public void AClassTheTeacherDoesNotKnowIsAnError()
    {
        var error = Assert.Throws<InvalidDataException>(() => Quick.Fit(Quick.Options(ColourTeacher.Named("red", "green", "Blue")), Rows));

        Assert.Equal(
            "ONNX teacher (from bytes) has no class named 'blue', which the labels have; its classes are 'red', 'green', 'Blue'. Names must be equal, letter by letter: rename the teacher's class names or the labels.",
            error.Message);
    }

    [Fact]
    public void AFileThatIsNotOnnxIsAnError()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["teacher.onnx"], "These are not the bytes you are looking for.");

        var error = Assert.Throws<InvalidDataException>(() => OnnxTeacher.FromFile(folder["teacher.onnx"]));

        Assert.StartsWith($"'{folder["teacher.onnx"]}' is text that begins \"These are not the bytes", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; expected an ONNX model. Give the .onnx file.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsAnError() =>
        Assert.Contains("nowhere.onnx", Assert.Throws<FileNotFoundException>(() => OnnxTeacher.FromFile("nowhere.onnx")).Message, StringComparison.Ordinal);

    [Fact]
    public void AnInputOfImpossibleShapeIsAnError()
    {
        var error = Assert.Throws<InvalidDataException>(() => OnnxTeacher.FromBytes(ColourTeacher.Model(Drawn.Classes, size: 8, channels: 4)));

        Assert.Equal("(from bytes): input 'pixels' (Float N×4×8×8) has no axis of 3 channels; a network for RGB images is needed.", error.Message);
    }

    // Pixels are stored once, at the teacher's 16×16; the student scales them down itself, in training and in its files.
    [Fact]
    public void ATeacherMayWorkAtALargerSize()
    {
        var rows = Drawn.Rows(48, size: 16);
        var teacher = OnnxTeacher.FromBytes(
            ColourTeacher.Model(Drawn.Classes, size: 16), new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Drawn.Classes });
        var ml = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        using var student = Quick.Fit(Quick.Options(teacher, epochs: 4), rows);
        var data = Drawn.View(ml, rows);
        ml.Model.Save(student, data.Schema, folder["student.zip"]);
        var loaded = ml.Model.Load(folder["student.zip"], out _);

        var scores = Quick.Scores(student, data);

        Assert.Equal("8×8, stored at 16×16", student.Report.Options["ImageSize"]);
        Quick.Close(PlainOnnx.Run(student.ToOnnx(), rows, size: 16), scores, 1e-4);
        Quick.Close(scores, Quick.Scores(loaded, data), 0);
        Assert.InRange(Quick.Accuracy(scores, rows), .7, 1);
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void ATeacherMayWorkAtASmallerSize()
    {
        var teacher = OnnxTeacher.FromBytes(
            ColourTeacher.Model(Drawn.Classes, size: 4), new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Drawn.Classes });
        using var student = Quick.Fit(Quick.Options(teacher, epochs: 4, alpha: 1), Rows);

        Assert.Equal("8×8", student.Report.Options["ImageSize"]);
        Assert.InRange(Quick.Accuracy(Quick.Scores(student, Drawn.View(new MLContext(), Rows)), Rows), .7, 1);
    }

    // An exported student says itself what it is: class names, normalisation, size.
    [Fact]
    public void AnExportedStudentTeaches()
    {
        using var folder = new TemporaryFolder();
        using var teacher = Quick.Fit(Quick.Options(student: ImageClassifier.ResNet14, epochs: 4), Drawn.Rows(96));
        teacher.SaveAsOnnx(folder["teacher.onnx"]);
        using var student = Quick.Fit(Quick.Options(OnnxTeacher.FromFile(folder["teacher.onnx"]), epochs: 4, alpha: 1), Drawn.Rows(96));

        var ml = new MLContext();
        var unseen = Drawn.Rows(60, seed: 2);
        var (taught, own) = (Quick.Accuracy(Quick.Scores(student, Drawn.View(ml, unseen)), unseen), Quick.Accuracy(Quick.Scores(teacher, Drawn.View(ml, unseen)), unseen));
        Assert.InRange(own, .7, 1);
        Assert.InRange(taught, .7, 1);
        Assert.Equal($"ONNX teacher '{folder["teacher.onnx"]}'", student.Report.Teacher);
    }
}
