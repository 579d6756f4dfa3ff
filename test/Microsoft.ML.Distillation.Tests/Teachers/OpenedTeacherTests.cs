using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class OpenedTeacherTests
{
    private static readonly ImageSize Size = new(5, 4);
    private static readonly TeacherSettings Settings = new(CPU, Threads: 1);
    private readonly byte[] _model = new Classifiers(Size, 4).ToBytes();

    [Fact]
    public void LogitsComeInTheOrderOfTheLabelsClasses()
    {
        using var scope = NewDisposeScope();
        var pixels = tensor(Modules.Pixels(3 * 3 * (int)Size.Pixels, seed: 1), [3, 3, Size.Height, Size.Width]);
        using var own = OpenedTeacher.Open(Teacher("ant", "bee", "cat", "dog"), Settings, ["ant", "bee", "cat", "dog"]);
        using var other = OpenedTeacher.Open(Teacher("ant", "bee", "cat", "dog"), Settings, ["dog", "ant", "cat"]);

        var (first, second) = (own.Forward(pixels).Logits!, other.Forward(pixels).Logits!);

        Assert.Equal([3, 3], second.shape);
        Assert.Equal(Numbers.Floats(first).Chunk(4).SelectMany(r => new[] { r[3], r[0], r[2] }), Numbers.Floats(second));
        Assert.False(second.requires_grad);
    }

    [Fact]
    public void ATeacherOfOtherClassesIsNotOpened() => Assert.Equal(
        "ONNX teacher (from bytes) scores 4 classes, the labels have 2 ('ant', 'bee'). Give a teacher of these classes, or its class names (classNames) if the labels' classes are among them.",
        Assert.Throws<InvalidDataException>(() => OpenedTeacher.Open(OnnxTeacher.FromBytes(_model), Settings, ["ant", "bee"])).Message);

    [Fact]
    public void RowsOfAStoreAreScoredInTheOrderAskedFor()
    {
        using var scope = NewDisposeScope();
        using var store = Stores.Numbered(300, Size);
        using var teacher = OpenedTeacher.Open(OnnxTeacher.FromBytes(_model), Settings, ["ant", "bee", "cat", "dog"]);
        var rows = Enumerable.Range(0, 300).Reverse().ToArray();

        var predicted = TeacherScoring.Predict(teacher, store, rows, CPU);

        var expected = rows.Select(r => (int)teacher.Forward(PixelTensor.Create(store.Pixels(r).ToArray(), 1, Size, CPU)).Logits!.argmax(1).item<long>());
        Assert.Equal(expected, predicted);
    }

    [Fact]
    public void TheOrderIsCheckedOnASampleOfTheStore()
    {
        using var scope = NewDisposeScope();
        using var store = new PixelStore(Size, long.MaxValue, Path.GetTempPath());
        using var teacher = OpenedTeacher.Open(OnnxTeacher.FromBytes(_model), Settings, ["a", "b", "c", "d"]);
        using var drawn = Stores.Numbered(200, Size);
        var says = TeacherScoring.Predict(teacher, drawn, [.. Enumerable.Range(0, 200)], CPU);
        for (var row = 0; row < 200; row++)
            drawn.Pixels(row).CopyTo(store.Add((says[row] + 1) % 4));

        var message = Assert.Throws<InvalidDataException>(() => TeacherScoring.CheckClassOrder("T", teacher, store, ["a", "b", "c", "d"], seed: 1, CPU)).Message;

        Assert.StartsWith("T has its classes in another order than the labels' keys: on 100 labelled images it is right on 0 % in the given order", message, StringComparison.Ordinal);
    }

    private OnnxTeacher Teacher(params string[] classes) => OnnxTeacher.FromBytes(_model, new() { ClassNames = classes });
}
