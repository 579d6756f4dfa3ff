using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public sealed class PseudoLabellingTests : IDisposable
{
    private static readonly ImageSize Size = new(64, 64);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly PixelStore _pixels = new(Size, long.MaxValue, Path.GetTempPath());
    private readonly BoxStore _given = new();
    private readonly Finder _teacher = new(["x", "red", "blue"]);

    [Fact]
    public void WhatIsFoundBecomesLabels()
    {
        Add(64, 64, [], [(1, .5f, [1, 2, 30, 40]), (2, .49f, [1, 2, 30, 40])]);
        Add(64, 64, [(0, [0, 0, 9, 9])], []);
        Add(64, 64, [], [(2, .9f, [5, 6, 7, 8]), (0, .99f, [5, 6, 7, 8]), (1, .8f, [9, 9, 20, 20])]);

        var labels = Label(new());

        // 'x' is no class of the student's; its classes are "blue", "red".
        Assert.Equal((3, 3, false), (labels.Count, labels.ObjectCount, labels.HasConfidences));
        Assert.Equal([1], labels.Classes(0).ToArray());
        Assert.Equal([1, 2, 30, 40], labels.Boxes(0).ToArray());
        Assert.Empty(labels.Classes(1).ToArray());
        Assert.Equal([0, 1], labels.Classes(2).ToArray());
        Assert.Equal([5, 6, 7, 8, 9, 9, 20, 20], labels.Boxes(2).ToArray());
    }

    [Theory]
    [InlineData(.5, 2)]
    [InlineData(.4, 1)]
    public void WhatIsMissingIsAdded(double overlap, int expected)
    {
        // IoU with the given box: 45/100, whatever the classes.
        Add(64, 64, [(0, [0, 0, 10, 10])], [(1, .9f, [0, 0, 10, 4.5f])]);

        var labels = Label(new() { AddMissing = true, OverlapThreshold = overlap });

        Assert.Equal(expected, labels.ObjectCount);
        Assert.Equal(new[] { 0, 1 }[..expected], labels.Classes(0).ToArray());
        Assert.Equal(new[] { 0, 0, 10, 10, 0, 0, 10, 4.5f }[..(4 * expected)], labels.Boxes(0).ToArray());
    }

    [Fact]
    public void TwoThatOverlapAreBothMissing()
    {
        Add(64, 64, [], [(1, .9f, [0, 0, 10, 10]), (2, .8f, [0, 0, 10, 10])]);

        Assert.Equal(2, Label(new() { AddMissing = true }).ObjectCount);
    }

    [Fact]
    public void ScoresCanBecomeConfidences()
    {
        Add(64, 64, [(0, [30, 30, 40, 40])], [(1, .9f, [0, 0, 10, 10]), (2, .25f, [5, 0, 10, 10])]);
        Add(64, 64, [(1, [30, 30, 40, 40])], []);

        var labels = Label(new() { AddMissing = true, SoftConfidences = true, ScoreThreshold = .2 });

        Assert.True(labels.HasConfidences);
        Assert.Equal([1, .9f, .25f], labels.Confidences(0).ToArray());
        Assert.Equal([1], labels.Confidences(1).ToArray());
    }

    [Fact]
    public void BoxesAreCutToTheImage()
    {
        // 64×32 lies in lines 16 to 48; nothing is left of what is above it.
        Add(64, 32, [], [(1, .9f, [-5, 10, 70, 30]), (1, .9f, [0, 0, 20, 16])]);

        var labels = Label(new());

        Assert.Equal([0, 16, 64, 30], labels.Boxes(0).ToArray());
        Assert.Equal(Letterbox.Of(64, 32, 64, 64), labels.Letterbox(0));
    }

    [Fact]
    public void BoxesComeBackFromOtherPixelsThanTheStudents()
    {
        Add(64, 32, [], [(1, .9f, [0, 40, 100, 80])]);
        // In 128×128 pixels, 64×32 lies in lines 32 to 96; in 64×64, in lines 16 to 48.
        var shown = new BoxStore();
        shown.Add(Letterbox.Of(64, 32, 128, 128), [], []);

        var labels = PseudoLabelling.Label(_teacher, _pixels, shown, _given, [-1, 1, 0], new(), CPU, default);

        Assert.Equal([0, 20, 50, 40], labels.Boxes(0).ToArray());
        Assert.Equal(_given.Letterbox(0), labels.Letterbox(0));
    }

    [Fact]
    public void ManyImagesAreShownInBatches()
    {
        for (var i = 0; i < 150; i++)
            Add(64, 64, [], [.. Enumerable.Range(0, i % 3).Select(k => (1, .9f, new float[] { i % 60, k, i % 60 + 1, k + 1 }))]);
        var progress = new List<int>();

        var labels = PseudoLabelling.Label(_teacher, _pixels, _given, _given, [-1, 1, 0], new(), CPU, default, progress.Add);

        for (var i = 0; i < 150; i++)
        {
            Assert.Equal(i % 3, labels.Classes(i).Length);
            if (i % 3 > 0)
                Assert.Equal(i % 60, labels.Boxes(i)[0]);
        }
        Assert.Equal([64, 64, 22], _teacher.Batches);
        Assert.Equal(Enumerable.Range(1, 150), progress);
    }

    [Fact]
    public void ConfidencesGoThroughAugmentation()
    {
        Add(64, 64, [(0, [30, 30, 40, 40])], [(1, .75f, [0, 0, 10, 10])]);
        using var data = new DetectionData(_pixels, Label(new() { AddMissing = true, SoftConfidences = true }));
        var loader = new DetectionLoader(data, DetectionAugmentation.None, 1, seed: 1, epochs: 1);

        var (_, targets) = new BatchRenderer(Size, DetectionAugmentation.None, CPU).Render(loader.Epoch(0).Single());

        Assert.Equal([0, 0, 30, 30, 40, 40, 1, 0, 1, 0, 0, 10, 10, .75f], Numbers.Floats(targets));
        Assert.Equal([1, .75f], Numbers.Floats(DetectionTargets.Create(targets, 1, CPU).Confidence));
    }

    [Fact]
    public void CancellationStopsIt()
    {
        Add(64, 64, [], []);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => PseudoLabelling.Label(_teacher, _pixels, _given, _given, [0, 1, 2], new(), CPU, cancellation.Token));
    }

    [Fact]
    public void ClassesAreMatchedByName()
    {
        Assert.Equal([-1, 1, 0], DetectorClassMatch.Find("t", _teacher, ["blue", "red"]));
        Assert.Equal([0, 1, 2], DetectorClassMatch.Find("t", new Finder(null), ["a", "b", "c"]));
        Assert.Equal(
            "t tells 3 classes apart and does not name them; the labels have 2 ('a', 'b'). Give it its class names.",
            Assert.Throws<InvalidDataException>(() => DetectorClassMatch.Find("t", new Finder(null), ["a", "b"])).Message);
        Assert.Equal(
            "t knows none of the labels' classes, 'Red'; its own are 'x', 'red', 'blue'. Names must be equal, letter by letter: rename the one or the other.",
            Assert.Throws<InvalidDataException>(() => DetectorClassMatch.Find("t", _teacher, ["Red"])).Message);
    }

    [Fact]
    public void OptionsHaveRanges()
    {
        var faults = new Faults("Options");
        new PseudoLabelOptions { ScoreThreshold = -.1, OverlapThreshold = 0 }.Validate(faults);
        new PseudoLabelOptions().Validate(faults);

        var message = Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message;

        Assert.Contains("2 faults", message, StringComparison.Ordinal);
        Assert.Contains("ScoreThreshold is -0.1; it must be in 0…1.", message, StringComparison.Ordinal);
        Assert.Contains("OverlapThreshold is 0; it must be above 0, and 1 at most.", message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _pixels.Dispose();
        _scope.Dispose();
    }

    private BoxStore Label(PseudoLabelOptions options) => PseudoLabelling.Label(_teacher, _pixels, _given, _given, DetectorClassMatch.Find("t", _teacher, ["blue", "red"]), options, CPU, default);

    private void Add(int width, int height, (int Class, float[] Box)[] given, (int Class, float Score, float[] Box)[] found)
    {
        _pixels.Add(PixelStore.NoLabel).Fill((byte)_pixels.Count);
        _given.Add(Letterbox.Of(width, height, Size.Width, Size.Height), [.. given.Select(g => g.Class)], [.. given.SelectMany(g => g.Box)]);
        _teacher.Found.Add(found);
    }

    /// <summary>Finds what it is told to, in the image with that many in each pixel, less one.</summary>
    private sealed class Finder(string[]? classes) : DetectorTeacherSession
    {
        public List<(int Class, float Score, float[] Box)[]> Found { get; } = [];

        public List<long> Batches { get; } = [];

        public override ImageSize? InputSize => null;

        public override IReadOnlyList<string>? ClassNames => classes;

        public override int ClassCount => 3;

        public override long? ParameterCount => null;

        public override long? ModelBytes => null;

        public override FoundObjects Detect(Tensor pixels, IReadOnlyList<int> rows)
        {
            Batches.Add(pixels.shape[0]);
            var list = new FoundList();
            for (var image = 0; image < rows.Count; image++)
            {
                Assert.Equal(rows[image] + 1, Numbers.Floats(pixels[image, 0, 0, 0]).Single());
                foreach (var (@class, score, box) in Found[rows[image]])
                    list.Add(image, box, score, @class);
            }
            return list.ToTensors();
        }

        public override void Dispose()
        {
        }
    }
}
