using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;
using Microsoft.ML.Distillation.Tests.Packages;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Detectors that learn from a teacher alone, on images without labels.</summary>
[Collection(nameof(TrainedDetector))]
public sealed class LabelFreeDetectionTests(TrainedDetector trained)
{
    private static readonly PseudoLabelOptions Sure = new() { ScoreThreshold = .3 };
    private readonly MLContext _ml = new(seed: 1);

    private DetectorStudentTeacher Teacher => DetectorStudentTeacher.FromOnnx(trained.Onnx);

    [Fact]
    public void WhatTheTeacherFindsIsAllThatIsLearned()
    {
        var options = QuickDetector.Options(epochs: 2, teacher: Teacher, pseudoLabels: Sure, labelled: false);

        using var model = _ml.DistillObjectDetection(options).Fit(Images(16), QuickDetector.Data(_ml, 8, seed: 2));

        Assert.Equal(Scenes.Classes, model.ClassNames);
        Assert.Equal((16, 8, true), (model.Report.TrainingRows, model.Report.ValidationRows, model.Report.IsDistilled));
        Assert.Equal(2, model.Report.ValidationPrecision.Count);
        Assert.Empty(model.Report.Checkup);
        Assert.Equal(4, QuickDetector.Found(model, Images(4)).Count);
        Assert.Equal(
            ["Image", "PredictedBoundingBoxes", "PredictedLabel", "Score"],
            _ml.DistillObjectDetection(options).GetOutputSchema(Shapes.Of(Images(1))).Select(c => c.Name).Order());
    }

    [Fact]
    public void WhoFindsTheLabelsMayBeTheOnlyTeacher()
    {
        var sure = new PseudoLabelOptions { ScoreThreshold = .3, Teacher = Teacher };

        using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, pseudoLabels: sure, labelled: false)).Fit(Images(12));

        Assert.Equal(Scenes.Classes, model.ClassNames);
        Assert.Equal((Teacher.Name, true), (model.Report.Teacher, model.Report.IsDistilled));
    }

    // The same objects, whether or not there were labels that they replace.
    [Fact]
    public void LabelsThatAreReplacedChangeNothing()
    {
        byte[] Fit(bool labelled)
        {
            using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, teacher: Teacher, pseudoLabels: Sure, labelled: labelled)).Fit(labelled ? QuickDetector.Data(_ml, 12, seed: 1) : Images(12));
            return model.ToOnnx();
        }

        Assert.Equal(Fit(labelled: true), Fit(labelled: false));
    }

    [Fact]
    public void WhatCantWorkIsRefused()
    {
        string Fault(ObjectDetectionDistillationOptions options) => Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(options)).Message;

        Assert.Contains(
            "LabelColumnName is null, so that only a teacher could say what is on the images, and PseudoLabels is null: set it together with a Teacher.",
            Fault(QuickDetector.Options(teacher: Teacher, methods: [new YoloOutputDistillation()], labelled: false)), StringComparison.Ordinal);
        Assert.Contains(
            "LabelColumnName is null and BoundingBoxColumnName is not: labels and boxes go together", Fault(new() { LabelColumnName = null, Teacher = Teacher, PseudoLabels = Sure }), StringComparison.Ordinal);
        Assert.Contains(
            "PseudoLabels.AddMissing is set, and there are no labels", Fault(QuickDetector.Options(teacher: Teacher, pseudoLabels: new() { AddMissing = true }, labelled: false)), StringComparison.Ordinal);
        Assert.Contains("ValidationFraction is above 0, and the training images have no labels", Fault(QuickDetector.Options(teacher: Teacher, pseudoLabels: Sure, labelled: false, fraction: .2)), StringComparison.Ordinal);
        Assert.Contains(
            "without labels (LabelColumnName is null) it would learn from nothing", Fault(QuickDetector.Options(teacher: Teacher, pseudoLabels: Sure, labelled: false, comparison: new())), StringComparison.Ordinal);
        Assert.Contains(
            "Teacher is set, but Methods is empty and PseudoLabels has a Teacher of its own, so nothing would be learned from it",
            Fault(QuickDetector.Options(teacher: Teacher, pseudoLabels: new() { Teacher = Teacher })), StringComparison.Ordinal);
        Assert.Contains("PseudoLabels is set, and Teacher, which would find them, is null", Fault(QuickDetector.Options(pseudoLabels: Sure)), StringComparison.Ordinal);
        var unnamed = new ObjectDetectionDistillationOptions { LabelColumnName = null, BoundingBoxColumnName = null, Teacher = Teacher, PseudoLabels = Sure };
        Assert.Contains(
            "There is validation data, but no labels to measure by", Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(unnamed).Fit(Images(4), QuickDetector.Data(_ml, 4, 2))).Message, StringComparison.Ordinal);
    }

    // A pattern of single pixels, of which nothing is left at half the size.
    [Theory]
    [InlineData(128)]
    [InlineData(64)]
    public void TheTeacherSeesImagesAtItsOwnSize(int teacherSize)
    {
        var rows = Enumerable.Range(0, 4).Select(_ => new Scenes.SceneRow { Image = ImageRows.Paint(128, 128, (x, y) => (x + y) % 2 == 0 ? (255, 255, 255) : (0, 0, 0)) }).ToList();
        var sketch = new Sketch(
            new Drawing("boxes", [8, 8, 60, 60], [1, 4]), new Drawing("labels", [1], [1], Integers: true), new Drawing("scores", [.9f], [1], _ => true))
        {
            Size = new(teacherSize, teacherSize),
            Head = (graph, image) => graph.AddNode("Abs", [graph.Conv(image, graph.AddInitializer("step", [1f, -1, 1, -1, 1, -1], 3, 1, 1, 2), group: 3)]),
        };
        var teacher = sketch.ToTeacher(new() { ClassNames = Scenes.Classes, Normalization = ImageNormalization.ZeroToOne });
        var estimator = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, batch: 2, teacher: teacher, pseudoLabels: Sure, labelled: false));

        if (teacherSize == 128)
        {
            using var model = estimator.Fit(Scenes.View(_ml, rows));
            Assert.Equal(4, model.Report.TrainingRows);
        }
        else
        {
            Assert.Contains("The teacher finds nothing it is sure enough of", Assert.Throws<InvalidDataException>(() => estimator.Fit(Scenes.View(_ml, rows))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheTeacherMustFindSomethingAndNameItsClasses()
    {
        var rows = Enumerable.Range(0, 4).Select(_ => Scenes.Row(64, 64)).ToList();

        var nothing = Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(QuickDetector.Options(teacher: Teacher, pseudoLabels: new() { ScoreThreshold = .9 }, labelled: false)).Fit(Scenes.View(_ml, rows)));

        Assert.Equal(
            "None of the 4 training images has an object on it: there is nothing to learn. The teacher finds nothing it is sure enough of: lower PseudoLabels.ScoreThreshold, or check the teacher (ml.CheckTeacher).",
            nothing.Message);
        var unnamed = new Sketch(new Drawing("logits", new float[6], [2, 3]), new Drawing("pred_boxes", new float[8], [2, 4])).ToTeacher();
        Assert.EndsWith(
            " tells 2 classes apart and does not name them, and there are no labels that would: give it its class names.",
            Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(QuickDetector.Options(teacher: unnamed, pseudoLabels: Sure, labelled: false)).Fit(Images(2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValidationMustHaveTheTeachersClasses()
    {
        var rows = QuickDetector.Rows(4, seed: 2);
        rows.ForEach(row => row.Label = [.. row.Label.Select(_ => "blue")]);
        var data = _ml.Data.LoadFromEnumerable(rows);
        var view = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);

        var error = Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(QuickDetector.Options(teacher: Teacher, pseudoLabels: Sure, labelled: false)).Fit(Images(4), view));

        Assert.Contains("has the classes blue; the teacher's are red, green, blue. Map it with MapValueToKey and those names as its keyData.", error.Message, StringComparison.Ordinal);
    }

    private IDataView Images(int count) => _ml.Data.LoadFromEnumerable(QuickDetector.Rows(count, seed: 1).Select(row => new ImageRow { Image = row.Image }));

    private sealed class ImageRow
    {
        [AnySizeImage]
        public Microsoft.ML.Data.MLImage? Image { get; set; }
    }
}
