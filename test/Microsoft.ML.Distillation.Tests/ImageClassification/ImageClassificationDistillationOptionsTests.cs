using System.Globalization;
using Microsoft.ML.Distillation.Tests.Teachers;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

public class ImageClassificationDistillationOptionsTests
{
    private static readonly OnnxTeacher Teacher = OnnxTeacher.FromBytes(new Classifiers(new(5, 4), 3).ToBytes());

    [Fact]
    public void DefaultsHaveNoFault()
    {
        new ImageClassificationDistillationOptions().Validate();
        new ImageClassificationDistillationOptions { Teacher = Teacher, Methods = { new KnowledgeDistillation() } }.Validate();
    }

    [Fact]
    public void AllFaultsAreToldTogether()
    {
        var options = new ImageClassificationDistillationOptions
        {
            LabelColumnName = " ",
            ScoreColumnName = "Out",
            PredictedLabelColumnName = "Out",
            Teacher = null,
            Methods = { new KnowledgeDistillation { Temperature = -1, Alpha = 2 } },
            ImageSize = new(7, 32),
            BatchSize = 1,
            Epochs = 0,
            GpuDeviceId = -1,
            Threads = 0,
            MemoryBudget = -1,
            Optimizer = new SgdOptions { LearningRate = 0, WeightDecay = -1 },
            Schedule = new WarmUpCosine { WarmUpEpochs = -1 },
            Augmentation = new ImageAugmentation { CropPadding = -4, CutoutSize = -1 },
            Student = null!,
        };

        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ",
                "Options of DistillImageClassification: 17 faults.",
                "LabelColumnName is empty; name a column.",
                "ScoreColumnName and PredictedLabelColumnName are both 'Out'; they must differ.",
                "KnowledgeDistillation.Temperature is -1; it must be above 0.",
                "KnowledgeDistillation.Alpha is 2; it must be from 0 to 1.",
                "KnowledgeDistillation learns from a teacher, and Teacher is null: set it, or remove the method.",
                "ImageSize is 7×32; both sides must be at least 8 pixels.",
                "BatchSize is 1; it must be at least 2 (BatchNorm needs more than one image).",
                "Epochs is 0; it must be at least 1.",
                "GpuDeviceId is -1; it must be 0 or more, or null for the CPU.",
                "Threads is 0; it must be at least 1, or null for all processors.",
                "MemoryBudget is -1; it must be 0 or more bytes.",
                "Optimizer.LearningRate is 0; it must be above 0.",
                "Optimizer.WeightDecay is -1; it must be 0 or more.",
                "Schedule.WarmUpEpochs is -1; it must be 0 or more and below Epochs (0).",
                "Augmentation.CropPadding is -4; it must be 0 or more pixels.",
                "Augmentation.CutoutSize is -1; it must be 0 or more pixels.",
                "Student is null. (Parameter 'options')"),
            Fault(options));
    }

    [Fact]
    public void NullsAreFaultsToo()
    {
        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ",
                "Options of DistillImageClassification: 4 faults.", "Methods is null.", "Optimizer is null.", "Schedule is null.", "Augmentation is null. (Parameter 'options')"),
            Fault(new() { Methods = null!, Optimizer = null!, Schedule = null!, Augmentation = null! }));
        Assert.Equal("Options of DistillImageClassification: Methods holds a null; leave it out. (Parameter 'options')", Fault(new() { Methods = { null! } }));
    }

    [Fact]
    public void TheTeacherCachesFaultsAreToldToo() => Assert.Equal(
        string.Join(
            Environment.NewLine + "  - ",
            "Options of DistillImageClassification: 3 faults.",
            "TeacherCache.MemoryBudget is -1; it must be 0 or more bytes.",
            "TeacherCache.FileBudget is -2; it must be 0 or more bytes.",
            "TeacherCache.Views is 0; it must be at least 1, or null for new views in every epoch. (Parameter 'options')"),
        Fault(new() { TeacherCache = new() { MemoryBudget = -1, FileBudget = -2, Views = 0 } }));

    [Fact]
    public void ATeacherNeedsAMethodThatLearnsFromIt() => Assert.Equal(
        "Options of DistillImageClassification: Teacher is set, but Methods is empty, so nothing would be learned from it: add new KnowledgeDistillation(). (Parameter 'options')",
        Fault(new() { Teacher = Teacher }));

    [Fact]
    public void ATeacherThatNoMethodLearnsFromIsAFault() => Assert.Equal(
        "Options of DistillImageClassification: Teacher is set, but none of the methods learns from it: add new KnowledgeDistillation(), or leave the teacher out. (Parameter 'options')",
        Fault(new() { Teacher = Teacher, Methods = { new SelfAttentionDistillation() } }));

    [Fact]
    public void TheTeachersOwnFaultsAreTold() => Assert.Equal(
        "Options of DistillImageClassification: ONNX teacher (from bytes) has class names that are not distinct. (Parameter 'options')",
        Fault(new() { Teacher = OnnxTeacher.FromBytes(new Classifiers(new(5, 4), 2).ToBytes(), new() { ClassNames = ["a", "a"] }), Methods = { new KnowledgeDistillation() } }));

    [Fact]
    public void TheDoorChecksTheOptions()
    {
        var ml = new MLContext(seed: 1);

        Assert.Equal(
            "Options of DistillImageClassification: Epochs is 0; it must be at least 1. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => ml.DistillImageClassification(new ImageClassificationDistillationOptions { Epochs = 0 })).Message);
    }

    [Fact]
    public void TheReportsDescriptionNamesWhatWasUsed()
    {
        var described = new ImageClassificationDistillationOptions
        {
            BatchSize = 16,
            Epochs = 3,
            Methods = { new KnowledgeDistillation { Temperature = 2, Alpha = .5 } },
            Augmentation = ImageAugmentation.None,
        }.Describe();

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["Methods"] = "KnowledgeDistillation temperature 2 alpha 0.5",
                ["Resizing"] = "IsoCrop",
                ["BatchSize"] = "16",
                ["Epochs"] = "3",
                ["Optimizer"] = "SGD lr 0.1 momentum 0.9 Nesterov weight decay 0.0005",
                ["Schedule"] = "1 warm-up epochs, cosine to 0",
                ["Augmentation"] = "flip False, crop padding 0, cutout 0",
                ["TeacherCache"] = "memory 2147483648 files 8589934592",
                ["CompareToBaseline"] = "off",
            },
            described);
        Assert.Equal("none", new ImageClassificationDistillationOptions().Describe()["Methods"]);
    }

    [Fact]
    public void TheReportIsTheSameInEveryCulture()
    {
        var options = new ImageClassificationDistillationOptions { Methods = { new KnowledgeDistillation { Temperature = 1.5 } } };
        var (before, commas) = (CultureInfo.CurrentCulture, (CultureInfo)CultureInfo.InvariantCulture.Clone());
        commas.NumberFormat.NumberDecimalSeparator = ",";
        var expected = options.Describe();
        try
        {
            CultureInfo.CurrentCulture = commas;
            Assert.Equal("1,5", $"{1.5}");
            Assert.Equal(expected, options.Describe());
            Assert.Equal("AdamW lr 0.001 betas 0.9 0.999 weight decay 0.01", new AdamWOptions().ToString());
            Assert.Equal("×0.1 at epochs 150, 180, 210", new StepDecay().ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Fault(ImageClassificationDistillationOptions options) => Assert.Throws<ArgumentException>(options.Validate).Message;
}
