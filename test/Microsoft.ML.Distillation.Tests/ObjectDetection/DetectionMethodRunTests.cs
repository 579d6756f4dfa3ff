using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Detectors that learn from a detector, end to end.</summary>
[Collection(nameof(TrainedDetector))]
public sealed class DetectionMethodRunTests(TrainedDetector trained)
{
    private readonly MLContext _ml = new(seed: 1);

    private DetectorStudentTeacher Teacher => DetectorStudentTeacher.FromOnnx(trained.Onnx);

    public static TheoryData<string, string, string[]> Cases => new()
    {
        { "output", "YoloOutputDistillation", ["output box", "output class", "output objectness"] },
        { "feature", "YoloFeatureDistillation", ["feature"] },
        { "weighted", "YoloFeatureDistillation", ["feature"] },
        { "neck", "NeckDistillation", ["at"] },
        { "fgd", "FocalGlobalDistillation", ["attention", "background", "foreground", "relation"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void EachMethodsTermsFallAndTheModelIsWhole(string name, string told, string[] terms)
    {
        DetectionMethod method = name switch
        {
            "output" => new YoloOutputDistillation { ClassGain = 20 },
            "feature" => new YoloFeatureDistillation { Weight = 10 },
            "weighted" => new YoloFeatureDistillation { Weight = 10, WeightByObjectness = true },
            "neck" => new NeckDistillation { Weight = 10 },
            _ => new FocalGlobalDistillation { Inherit = false, Weights = new(.1, .05, .05, 5e-4) },
        };

        // The same images in every epoch, and weights that let the method lead: each epoch's mean then tells of the student alone.
        var options = QuickDetector.Options(epochs: 10, teacher: Teacher, methods: [method], augmentation: DetectionAugmentation.None);
        using var model = _ml.DistillObjectDetection(options).Fit(QuickDetector.Data(_ml, 24, seed: 1));

        var report = model.Report;
        Assert.Equal(terms, report.Terms.Keys.Except(["box", "objectness", "class", "total"]).Order());
        Assert.All(terms, term => Assert.True(report.Terms[term][^1] < report.Terms[term][0], $"{term}: {string.Join(" ", report.Terms[term])}"));
        Assert.Equal(($"{method}", "teacher yolov5n from (from bytes)", true), (report.Options["Methods"], report.Teacher, report.IsDistilled));
        Assert.StartsWith(told, report.Options["Methods"], StringComparison.Ordinal);
        Assert.Equal(report.Parameters, report.TeacherParameters);
        Assert.Equal(4, QuickDetector.Found(model, QuickDetector.Data(_ml, 4, seed: 3)).Count);
        Assert.Equal(name == "output", report.Options["Anchors"] == trained.Model.Report.Options["Anchors"]);
    }

    // One step: a network that has learned from rounded numbers goes its own way. FGD's terms are the squares of what two networks of one form still differ by, so that they feel rounding most.
    [Theory]
    [InlineData("output")]
    [InlineData("fgd")]
    public void InBFloat16ItsTermsAreTheSameButForRounding(string name)
    {
        // With weights that let the method lead.
        DetectionMethod method = name == "output" ? new YoloOutputDistillation() : new FocalGlobalDistillation { Weights = FocalGlobalWeights.RetinaNet };

        var (exact, rounded) = (Terms(Precision.Float32), Terms(Precision.BFloat16));

        Assert.Equal(exact.Keys.Order(), rounded.Keys.Order());
        foreach (var (term, means) in exact)
            Assert.True(rounded[term][0] / means[0] is > .8 and < 1.25, $"{term}: {means[0]} in float32, {rounded[term][0]} rounded.");
        Assert.NotEqual(exact["total"], rounded["total"]);

        IReadOnlyDictionary<string, IReadOnlyList<double>> Terms(Precision precision)
        {
            using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, teacher: Teacher, methods: [method], augmentation: DetectionAugmentation.None, precision: precision))
                .Fit(QuickDetector.Data(_ml, 8, seed: 1));
            Assert.Equal($"{precision}", model.Report.Options["Precision"]);
            return model.Report.Terms;
        }
    }

    // Two in three images have lost their labels; the teacher finds again what was on them.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatTheTeacherFindsIsLearned(bool addMissing)
    {
        var lines = new List<string>();
        _ml.Log += (_, e) => lines.Add(e.RawMessage);
        var rows = QuickDetector.Rows(24, seed: 1);
        var whole = rows.Sum(row => row.Label.Length);
        for (var i = 0; i < rows.Count; i++)
        {
            if (i % 3 != 0)
                (rows[i].Label, rows[i].BoundingBoxes) = ([], []);
        }
        var given = rows.Sum(row => row.Label.Length);
        var options = QuickDetector.Options(epochs: 2, teacher: Teacher, pseudoLabels: new PseudoLabelOptions { ScoreThreshold = .3, AddMissing = addMissing, SoftConfidences = true });

        using var model = _ml.DistillObjectDetection(options).Fit(Scenes.View(_ml, rows));

        var said = lines.Single(line => line.Contains("objects with the teacher's", StringComparison.Ordinal));
        Assert.EndsWith($" objects with the teacher's; {given} were labelled.", said, StringComparison.Ordinal);
        var found = int.Parse(said.Split(" objects with")[0].Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(found, addMissing ? given + (whole - given) / 2 : whole / 2, 2 * whole);
        Assert.Equal($"score 0.3 {(addMissing ? "added below IoU 0.5" : "instead of labels")} soft", model.Report.Options["PseudoLabels"]);
        Assert.Equal(["box", "class", "objectness", "total"], model.Report.Terms.Keys.Order());
    }

    // The one in service teaches by its predictions, and a second one by a small object in the middle of every image, which nobody labelled and the first one doesn't know.
    [Fact]
    public void AnotherTeacherMayFindTheLabels()
    {
        const int images = 12;
        var lines = new List<string>();
        _ml.Log += (_, e) => lines.Add(e.RawMessage);
        var finder = new Sketch(new Drawing("output0", [14, 14, 17, 17, .9f, 1], [1, 6])).ToTeacher(new() { ClassNames = ["cat", "blue"] });
        var given = QuickDetector.Rows(images, seed: 1).Sum(row => row.Label.Length);
        var options = QuickDetector.Options(
            epochs: 1, batch: 4, teacher: Teacher, methods: [new YoloOutputDistillation()], pseudoLabels: new() { Teacher = finder, AddMissing = true }, validation: QuickDetector.Data(_ml, 8, seed: 2),
            checkup: true);

        using var model = _ml.DistillObjectDetection(options).Fit(QuickDetector.Data(_ml, images, seed: 1));

        Assert.Contains(lines, line => line.EndsWith($"The training images have {given + images} objects with the teacher's; {given} were labelled.", StringComparison.Ordinal));
        var report = model.Report;
        Assert.Equal((Teacher.Name, "score 0.5 added below IoU 0.5 by ONNX detector (from bytes)"), (report.Teacher, report.Options["PseudoLabels"]));
        Assert.Contains("output objectness", report.Terms.Keys);
        Assert.True(report.TeacherFigures!.MeanAveragePrecision50 > .2, $"{report.TeacherFigures.MeanAveragePrecision50}");
        Assert.Equal([Teacher.Name, finder.Name], report.Checkup.Where(finding => finding.Code == "teacher-accuracy").Select(finding => finding.Measured[..finding.Measured.IndexOf(" has an mAP50", StringComparison.Ordinal)]));
    }

    // The same file in either engine teaches the same, but for rounding.
    [Fact]
    public void AnOnnxDetectorTeachesAlikeInEitherEngine()
    {
        using var network = ObjectDetector.FromOnnx(trained.Onnx).CreateModule(Scenes.Classes, 5);
        network.eval();
        var file = YoloFiles.Write(network, QuickDetector.Size, "apart");
        var anchors = network.Anchors.Sizes.Select(level => (IReadOnlyList<float>)[.. level.SelectMany(size => size)]).ToList();

        var (runtime, torchSharp) = (Fit(OnnxTeacherEngine.OnnxRuntime), Fit(OnnxTeacherEngine.TorchSharp));

        Assert.Equal(runtime.Terms.Keys.Order(), torchSharp.Terms.Keys.Order());
        Assert.Contains("output box", runtime.Terms.Keys);
        Assert.Contains("attention", runtime.Terms.Keys);
        foreach (var (term, means) in runtime.Terms)
            Assert.InRange(torchSharp.Terms[term][^1] / means[^1], .98, 1.02);
        Assert.Equal(runtime.Checkup.Select(finding => finding.Code), torchSharp.Checkup.Select(finding => finding.Code));
        Assert.Equal(runtime.TeacherParameters, torchSharp.TeacherParameters);

        TrainingReport Fit(OnnxTeacherEngine engine)
        {
            var teacher = OnnxDetectorTeacher.FromBytes(file, new() { Engine = engine, Anchors = anchors, ClassNames = Scenes.Classes, FeatureNames = YoloFiles.NeckNames });
            DetectionMethod[] methods = [new FocalGlobalDistillation { Inherit = false }, new YoloOutputDistillation()];
            var options = QuickDetector.Options(epochs: 2, teacher: teacher, methods: methods, augmentation: DetectionAugmentation.None, pseudoLabels: new() { ScoreThreshold = .3, AddMissing = true }, checkup: true);
            using var model = _ml.DistillObjectDetection(options).Fit(QuickDetector.Data(_ml, 16, seed: 1));
            Assert.Equal(4, QuickDetector.Found(model, QuickDetector.Data(_ml, 4, seed: 3)).Count);
            return model.Report;
        }
    }

    // With weights that hardly move: what the student is worth it has from its teacher.
    [Fact]
    public void InheritedNecksAndHeadsAreTheTeachers()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) => lines.Add(e.RawMessage);

        using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, rate: 1e-9, teacher: Teacher, methods: [new FocalGlobalDistillation()], augmentation: DetectionAugmentation.None))
            .Fit(QuickDetector.Data(_ml, 16, seed: 1));

        var (student, teacher) = (ObjectDetector.FromOnnx(model.ToOnnx()), ObjectDetector.FromOnnx(trained.Onnx));
        using var ours = student.CreateModule(Scenes.Classes, 5);
        using var theirs = teacher.CreateModule(Scenes.Classes, 6);
        var known = theirs.named_parameters().ToDictionary(p => p.Item1, p => p.Item2);
        foreach (var (name, value) in ours.named_parameters())
        {
            var same = (value - known[name]).abs().max().item<float>() < 1e-5;
            var backbone = name.StartsWith("backbone.", StringComparison.Ordinal);
            Assert.True(backbone ? value.dim() == 1 || !same : same, name);
        }
        Assert.Equal(trained.Model.Report.Options["Anchors"], model.Report.Options["Anchors"]);
        Assert.Contains(lines, line => line.StartsWith("The student begins with ", StringComparison.Ordinal));
    }

    [Fact]
    public void TheTeacherIsMeasuredBesideTheStudent()
    {
        using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, teacher: Teacher, methods: [new YoloOutputDistillation()]))
            .Fit(QuickDetector.Data(_ml, 16, seed: 1), QuickDetector.Data(_ml, TrainedDetector.ValidationRows, TrainedDetector.ValidationSeed));

        var (teacher, itself) = (model.Report.TeacherFigures!, trained.Model.Report.StudentFigures!);
        Assert.Equal(itself.MeanAveragePrecision50!.Value, teacher.MeanAveragePrecision50!.Value, 1e-3);
        Assert.Equal(itself.MeanAveragePrecision!.Value, teacher.MeanAveragePrecision!.Value, 1e-3);
        Assert.Equal(trained.Onnx.LongLength, teacher.ModelBytes);
    }

    [Fact]
    public void ADistilledRunIsTheSameBitForBitAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        ObjectDetectionDistillationTransformer Fit(string? path, IProgress<DistillationProgress>? progress = null, CancellationToken cancellation = default) =>
            _ml.DistillObjectDetection(QuickDetector.Options(
                epochs: 2, teacher: Teacher, methods: [new FocalGlobalDistillation(), new YoloOutputDistillation()], folder: path, progress: progress, cancellation: cancellation, augmentation: new()))
                .Fit(QuickDetector.Data(_ml, 24, seed: 1));

        using var whole = Fit(null);
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(folder.Path, new Listener(p =>
        {
            if (p.Phase == DistillationPhase.Training && p.Step >= 4)
                source.Cancel();
        }), source.Token));
        using var resumed = Fit(folder.Path);

        Assert.Equal(whole.ToOnnx(), resumed.ToOnnx());
    }

    [Fact]
    public void ATeacherWithoutOneOfTheClassesCantBeRepeated()
    {
        var data = _ml.Data.LoadFromEnumerable(QuickDetector.Rows(8, seed: 1));
        var keys = _ml.Data.LoadFromEnumerable(new[] { "blue", "red", "green", "yellow" }.Select(name => new Named { Name = name }));
        var view = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: keys).Fit(data).Transform(data);

        var refused = Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(QuickDetector.Options(teacher: Teacher, methods: [new YoloOutputDistillation()])).Fit(view));
        using var taught = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, teacher: Teacher, methods: [new FocalGlobalDistillation()])).Fit(view);

        Assert.StartsWith("teacher yolov5n from (from bytes) has no class named 'yellow', which the labels have; its classes are 'red', 'green', 'blue'.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["blue", "red", "green", "yellow"], taught.ClassNames);
    }

    [Fact]
    public void WhatCantWorkIsRefusedBeforeImagesAreRead()
    {
        var listener = new Listener();
        var options = QuickDetector.Options(student: ObjectDetector.RetinaNet(18, 8), teacher: Teacher, methods: [new YoloOutputDistillation(), new FocalGlobalDistillation()], progress: listener);

        var error = Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(options).Fit(QuickDetector.Data(_ml, 4, seed: 1)));

        Assert.StartsWith("Methods of DistillObjectDetection: 2 faults.", error.Message, StringComparison.Ordinal);
        Assert.Contains("and the student is none", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(listener.Heard, p => p.Phase == DistillationPhase.LoadingImages && p.Step > 0);
    }

    [Fact]
    public void ATeacherOfOneSizeSetsTheStudents()
    {
        var teacher = new FixedSize(Teacher, new(96, 64));

        var refused = Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(QuickDetector.Options(teacher: teacher, methods: [new YoloFeatureDistillation()])).Fit(QuickDetector.Data(_ml, 4, seed: 1)));
        using var model = _ml.DistillObjectDetection(new()
        {
            Teacher = teacher, Methods = { new YoloFeatureDistillation() }, Epochs = 1, BatchSize = 4, Schedule = new ConstantRate(), Threads = 1, Seed = 1,
        }).Fit(QuickDetector.Data(_ml, 4, seed: 1));

        Assert.Equal(
            "fixed teacher takes images of 96×64 alone, and the student's are 64×64: raw predictions and feature maps of other sizes can't be compared. Set ImageSize to 96×64, or export the teacher for 64×64.",
            refused.Message);
        Assert.Equal("96×64", model.Report.Options["ImageSize"]);
    }

    [Fact]
    public void ATeacherOfASizeThatNoStudentHasCantBeCompared() => Assert.Equal(
        "fixed teacher takes images of 50×40 alone, and a student's have sides that are multiples of 32: raw predictions and feature maps of other sizes can't be compared. "
        + "Export the teacher for such a size, or learn from what it finds (PseudoLabels).",
        Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(new()
        {
            Teacher = new FixedSize(Teacher, new(50, 40)), Methods = { new YoloFeatureDistillation() },
        }).Fit(QuickDetector.Data(_ml, 4, seed: 1))).Message);

    // It finds a red object in the upper left quarter of the 40×40 of its 50×40 pixels that a square image takes up, whatever is there.
    [Fact]
    public void ATeacherOfBoxesAloneMayHaveAnySizeAndIsMeasured()
    {
        var teacher = new Sketch(new Drawing("output0", [0, 0, 20, 20, .9f, 1], [1, 6])) { Size = new(50, 40) }.ToTeacher(new() { ClassNames = ["blue", "red"] });
        IDataView Data(int count) => Scenes.View(_ml, [.. Enumerable.Range(0, count).Select(_ => Scenes.Row(64, 64, (0, 0, 0, 32, 32)))]);
        var options = new ObjectDetectionDistillationOptions
        {
            Teacher = teacher, Student = ObjectDetector.FromOnnx(trained.Onnx), PseudoLabels = new(), Epochs = 1, BatchSize = 2, Threads = 1, Seed = 1,
        };

        using var model = _ml.DistillObjectDetection(options).Fit(Data(2), Data(3));

        Assert.Equal("64×64", model.Report.Options["ImageSize"]);
        Assert.Equal((1, 1), (model.Report.TeacherFigures!.MeanAveragePrecision50, model.Report.TeacherFigures.MeanAveragePrecision));
    }

    // It was asked about the training data's rows, of which some may be held out, and knows of no others.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ATeacherThatLooksAtRowsIsMeasuredOnThoseThatItKnows(bool heldOut)
    {
        IDataView Data() => FoundRow.View(_ml, [.. Enumerable.Range(0, 4).Select(i => FoundRow.Of(64, 64, [("red", [i, 0, 32, 32])], ("red", .9f, [i, 0, 32, 32])))]);
        var options = new ObjectDetectionDistillationOptions
        {
            Teacher = new TransformerDetectorTeacher(FoundRow.Model(_ml, Data(), Scenes.Classes)), Student = ObjectDetector.FromOnnx(trained.Onnx), PseudoLabels = new(),
            ValidationFraction = heldOut ? .5 : 0, Epochs = 1, BatchSize = 2, Threads = 1, Seed = 1,
        };

        using var model = _ml.DistillObjectDetection(options).Fit(Data(), heldOut ? null : Data());

        Assert.Equal(heldOut ? 1 : null, model.Report.TeacherFigures!.MeanAveragePrecision);
    }

    [Fact]
    public void BadRowsMayBeLeftOut()
    {
        IDataView Data()
        {
            // Anew for each reading: ML.NET disposes of images it has passed.
            var rows = QuickDetector.Rows(12, seed: 1);
            rows[3].BoundingBoxes[2] = rows[3].BoundingBoxes[0];
            rows[7].Image = null;
            return Scenes.View(_ml, rows);
        }

        ObjectDetectionDistillationOptions Options(BadImages bad) => new()
        {
            ImageSize = QuickDetector.Size, Epochs = 1, BatchSize = 4, Schedule = new ConstantRate(), Threads = 1, Seed = 1, BadImages = bad,
        };

        var refused = Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(Options(BadImages.Throw)).Fit(Data()));
        using var model = _ml.DistillObjectDetection(Options(BadImages.Skip)).Fit(Data());

        Assert.StartsWith("Row 3 of the training data: object 0, box (", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("it has no area; x1 must be greater than x0, and y1 than y0. Mend or remove it, or set BadObjects to Drop.", refused.Message, StringComparison.Ordinal);
        Assert.Equal("row 3, row 7", string.Join(", ", model.Report.SkippedRows.Select(row => row.ToString().Split(':')[0])));
        Assert.Equal(10, model.Report.TrainingRows);
    }

    [Fact]
    public void BadObjectsMayBeLeftOutAlone()
    {
        var rows = QuickDetector.Rows(12, seed: 1);
        rows[3].BoundingBoxes[2] = rows[3].BoundingBoxes[0];
        var options = new ObjectDetectionDistillationOptions
        {
            ImageSize = QuickDetector.Size, Epochs = 1, BatchSize = 4, Schedule = new ConstantRate(), Threads = 1, Seed = 1, BadObjects = BadObjects.Drop,
        };

        using var model = _ml.DistillObjectDetection(options).Fit(Scenes.View(_ml, rows));

        Assert.Equal((12, 0, "Drop"), (model.Report.TrainingRows, model.Report.SkippedRows.Count, model.Report.Options["BadObjects"]));
        var finding = Assert.Single(model.Report.DataFindings);
        Assert.Equal((DataFindingKind.DroppedObjects, "training", 1), (finding.Kind, finding.Data, finding.Count));
        Assert.StartsWith("1 objects of the training data can't be used and are left out (BadObjects is Drop), the first being of row 3: object 0, box (", finding.Text, StringComparison.Ordinal);
    }

    private sealed class FixedSize(DetectorTeacher inner, ImageSize size) : DetectorTeacher
    {
        public override string Name => "fixed teacher";

        public override IReadOnlyList<string>? ClassNames => inner.ClassNames;

        internal override void Validate(Faults faults) => inner.Validate(faults);

        internal override DetectorTeacherSession Open(DetectorTeacherSettings settings) => new Session(inner.Open(settings), size);

        private sealed class Session(DetectorTeacherSession inner, ImageSize size) : DetectorTeacherSession
        {
            public override ImageSize? InputSize => size;

            public override IReadOnlyList<string>? ClassNames => inner.ClassNames;

            public override int ClassCount => inner.ClassCount;

            public override long? ParameterCount => inner.ParameterCount;

            public override long? ModelBytes => inner.ModelBytes;

            public override DetectorShape? Describe(ImageSize input) => inner.Describe(input);

            public override DetectionOutput Forward(Tensor pixels) => inner.Forward(pixels);

            public override FoundObjects Detect(Tensor pixels, IReadOnlyList<int> rows) => inner.Detect(pixels, rows);

            public override void Dispose() => inner.Dispose();
        }
    }

    private sealed class Named
    {
        public string Name { get; set; } = "";
    }
}
