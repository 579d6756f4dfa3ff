using System.Globalization;
using Microsoft.ML.Distillation.ImageClassification;
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

    // Bytes of a batch, held against the largest array: one image more, or one pixel, and there are too many.
    [Theory]
    [InlineData(10_922, 256, 256, null)]
    [InlineData(10_923, 256, 256, "BatchSize is 10923 and ImageSize is 256×256: a batch of such images has 2147549184 bytes, and 2147483591 is the most there can be; lower one of them.")]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, "a batch of such images has 29710560901343952451059843069")]
    public void ABatchFitsIntoAnArray(int batch, int width, int height, string? fault)
    {
        void Validate() => new ImageClassificationDistillationOptions { BatchSize = batch, ImageSize = new(width, height) }.Validate();

        if (fault is null)
            Validate();
        else
            Assert.Contains(fault, Assert.Throws<ArgumentException>(Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALargerTeachersImagesFitIntoAnArrayToo()
    {
        var options = new ImageClassificationDistillationOptions { BatchSize = 20_000 };

        EarlyChecks.Batch(options, new(32, 32));

        Assert.StartsWith(
            "BatchSize is 20000 and the size that the teacher takes is 224×224: a batch of such images has 3010560000 bytes",
            Assert.Throws<ArgumentException>(() => EarlyChecks.Batch(options, new(224, 224))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MethodsThatAreAddedLaterAreNoneOfTheRuns()
    {
        var options = Quick.Options(epochs: 1);
        var trainer = new MLContext(seed: 1).DistillImageClassification(options);
        options.Methods.Add(new DeepSupervision());

        using var student = trainer.Fit(Drawn.View(new MLContext(seed: 1), Drawn.Rows(12)));

        Assert.Equal("none", student.Report.Options["Methods"]);
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
            Precision = (Precision)7,
            GpuDeviceId = -1,
            Threads = 0,
            MemoryBudget = -1,
            BadImages = (BadImages)7,
            MaxImagePixels = 0,
            Optimizer = new SgdOptions { LearningRate = 0, WeightDecay = -1 },
            Schedule = new WarmUpCosine { WarmUpEpochs = -1 },
            Augmentation = new ImageAugmentation { CropPadding = -4, CutoutSize = -1 },
            Student = null!,
            Checkup = new() { SampleRows = 1 },
        };

        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ",
                "Options of DistillImageClassification: 21 faults.",
                "LabelColumnName is empty; name a column.",
                "ScoreColumnName and PredictedLabelColumnName are both 'Out'; they must differ.",
                "KnowledgeDistillation.Temperature is -1; it must be above 0.",
                "KnowledgeDistillation.Alpha is 2; it must be from 0 to 1.",
                "KnowledgeDistillation learns from a teacher, and Teacher is null: set it, or remove the method.",
                "ImageSize is 7×32; both sides must be at least 8 pixels.",
                "BatchSize is 1; it must be at least 2 (BatchNorm needs more than one image).",
                "Epochs is 0; it must be at least 1.",
                "Precision is 7; it must be Float32, BFloat16 or Auto.",
                "GpuDeviceId is -1; it must be 0 or more, or null for the CPU.",
                "Threads is 0; it must be at least 1, or null for all processors.",
                "MemoryBudget is -1; it must be 0 or more bytes.",
                "BadImages is 7; it must be Throw or Skip.",
                "MaxImagePixels is 0; it must be at least 1.",
                "Optimizer.LearningRate is 0; it must be above 0.",
                "Optimizer.WeightDecay is -1; it must be 0 or more.",
                "Schedule.WarmUpEpochs is -1; it must be 0 or more and below Epochs (0).",
                "Augmentation.CropPadding is -4; it must be 0 or more pixels.",
                "Augmentation.CutoutSize is -1; it must be 0 or more pixels.",
                "Student is null.",
                "Checkup.SampleRows is 1; it must be at least 2, or Checkup null for no check-up. (Parameter 'options')"),
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
    public void TheCoursesFaultsAreTold() => Assert.Equal(
        string.Join(
            Environment.NewLine + "  - ",
            "Options of DistillImageClassification: 14 faults.",
            "ValidationFraction is 1; it must be 0 or more and below 1.",
            "ValidationFraction is above 0, and the training images have no label to measure on (LabelColumnName is null): give a ValidationSet.",
            "MaximumGradientNorm is 0; it must be above 0, or null.",
            "CheckpointFolder is empty; name a folder, or leave it null.",
            "OnCancellation is 7; it must be Throw or ReturnBest.",
            "Checkpoints.EverySteps is 0; it must be at least 1, or null.",
            "Checkpoints.Every is 00:00:00; it must be above zero, or null.",
            "EarlyStopping.Patience is 0; it must be at least 1.",
            "EarlyStopping.MinimumGain is -1; it must be 0 or more.",
            "WeightAverage.Decay is 1; it must be above 0 and below 1.",
            "WeightAverage.WarmUpSteps is -1; it must be 0 or more.",
            "Recovery.Retries is -1; it must be 0 or more.",
            "Recovery.RateFactor is 1; it must be above 0 and below 1.",
            "Recovery.EverySteps is 0; it must be at least 1. (Parameter 'options')"),
        Fault(new()
        {
            Teacher = Teacher,
            Methods = { new KnowledgeDistillation() },
            LabelColumnName = null,
            ValidationFraction = 1,
            MaximumGradientNorm = 0,
            CheckpointFolder = " ",
            OnCancellation = (CancellationResult)7,
            Checkpoints = new() { EverySteps = 0, Every = TimeSpan.Zero },
            EarlyStopping = new() { Patience = 0, MinimumGain = -1 },
            WeightAverage = new() { Decay = 1, WarmUpSteps = -1 },
            Recovery = new() { Retries = -1, RateFactor = 1, EverySteps = 0 },
        }));

    [Fact]
    public void BalancingsFaultsAreToldToo()
    {
        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ",
                "Options of DistillImageClassification: 3 faults.",
                "BalanceTerms.Share is 0; it must be above 0.",
                "BalanceTerms.Batches is 0; it must be at least 1.",
                "BalanceTerms weighs methods against the labels' cross-entropy, and there are no labels (LabelColumnName is null) or no methods: leave it null. (Parameter 'options')"),
            Fault(new() { BalanceTerms = new() { Share = 0, Batches = 0 } }));
        Assert.Contains("no labels", Fault(new() { BalanceTerms = new(), LabelColumnName = null, Teacher = Teacher, Methods = { new KnowledgeDistillation() } }), StringComparison.Ordinal);
        new ImageClassificationDistillationOptions { BalanceTerms = new(), Methods = { new SelfAttentionDistillation() } }.Validate();
    }

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
                ["Precision"] = "Float32",
                ["BadImages"] = "Throw",
                ["MaxImagePixels"] = "100000000",
                ["QuantizationAware"] = "off",
                ["TeacherCache"] = "memory 2147483648 files 8589934592",
                ["ValidationFraction"] = "0",
                ["KeepBest"] = "True",
                ["EarlyStopping"] = "none",
                ["WeightAverage"] = "none",
                ["MaximumGradientNorm"] = "none",
                ["Recovery"] = "retries 3 rate factor 0.5 every 100 steps",
                ["BalanceTerms"] = "off",
                ["Checkup"] = "512 images",
                ["CompareToBaseline"] = "off",
                ["Evidence"] = "off",
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
