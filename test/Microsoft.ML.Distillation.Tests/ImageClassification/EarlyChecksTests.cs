using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ImageClassification;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>What is wrong with a run is told before images are decoded: here none can be.</summary>
[Collection(nameof(TrainingTests))]
public class EarlyChecksTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _broken;

    public EarlyChecksTests() => _broken = Drawn.View(_ml, [.. Drawn.Classes.Select(label => DrawnRow.OfBytes([1, 2, 3], label))]);

    [Fact]
    public void MethodsThatDontFitTheTeacherAreToldBeforeImagesAreRead()
    {
        var teacher = OnnxTeacher.FromBytes(ColourTeacher.Model(Drawn.Classes), new() { ClassNames = Drawn.Classes });

        var error = Assert.Throws<ArgumentException>(() => Fit(teacher, new KnowledgeDistillation(), new AttentionTransfer()));

        Assert.StartsWith("Methods of DistillImageClassification: AttentionTransfer learns from the teacher's feature maps, and this teacher gives none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MethodsThatDontFitTheStudentAreToldBeforeImagesAreRead() => Assert.StartsWith(
        "Methods of DistillImageClassification: SelfAttentionDistillation.Paths", Assert.Throws<ArgumentException>(() => Fit(null, new SelfAttentionDistillation { Paths = [new(7, 1)] })).Message, StringComparison.Ordinal);

    // What only the labels can tell waits for them.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsRightGoesOnToTheImages(bool byLabels)
    {
        DistillationMethod method = byLabels ? new ClassWiseSelfDistillation() : new SelfAttentionDistillation();

        Assert.StartsWith("Row 0 of the training data: the image in column 'Bytes' can't be read.", Assert.Throws<InvalidDataException>(() => Fit(null, method)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheModelIsPutTogetherWithoutReadingAnImage()
    {
        var label = LabelColumn.Find(_broken.Schema, "Label");
        using var student = ImageClassifier.ResNet8.CreateModule(label.ClassNames, seed: 1);
        var softmax = SoftmaxLayer.Fit(_ml, label.Column, label.ClassNames.Count, ClassifierChain.LogitsColumn);

        // Twice: the layer isn't used up.
        Build("Bytes");
        Build("Bytes");
        Assert.Contains("'Nowhere'", Assert.Throws<ArgumentException>(() => Build("Nowhere")).Message, StringComparison.Ordinal);

        void Build(string image) => EarlyChecks.Chain(
            _ml, Quick.Options(), _broken, new ImagePreparation(_ml, image, Quick.Size, ImageResizingEstimator.ResizingKind.IsoCrop), label, student, softmax);
    }

    private void Fit(Teacher? teacher, params DistillationMethod[] methods) => _ml.DistillImageClassification(new ImageClassificationDistillationOptions
    {
        ImageColumnName = "Bytes",
        Teacher = teacher,
        Student = ImageClassifier.ResNet8,
        Methods = methods,
        ImageSize = Quick.Size,
        Threads = 1,
    }).Fit(_broken).Dispose();
}
