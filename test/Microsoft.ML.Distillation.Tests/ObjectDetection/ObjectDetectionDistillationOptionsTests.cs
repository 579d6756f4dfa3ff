using System.Globalization;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class ObjectDetectionDistillationOptionsTests
{
    [Fact]
    public void DefaultsHaveNoFault() => new ObjectDetectionDistillationOptions().Validate();

    [Fact]
    public void DefaultsAreYoloV5s()
    {
        var told = new ObjectDetectionDistillationOptions().Describe();

        Assert.Equal("SGD lr 0.01 momentum 0.937 Nesterov weight decay 0.0005 but of vectors", told["Optimizer"]);
        Assert.Equal("3 warm-up epochs, cosine to 0.01", told["Schedule"]);
        Assert.Equal("decay 0.9999 warm-up 2000", told["WeightAverage"]);
        Assert.Equal(("16", "100"), (told["BatchSize"], told["Epochs"]));
        Assert.StartsWith("YoloLoss box 0.05 objectness 1 class 0.5 ", told["YoloLoss"], StringComparison.Ordinal);
        Assert.True(new ObjectDetectionDistillationOptions { Student = ObjectDetector.RetinaNetResNet18 }.Describe().ContainsKey("RetinaNetLoss"));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(300, 3)]
    public void TheUsualWarmUpFitsTheRun(int epochs, int warmUp)
    {
        var options = new ObjectDetectionDistillationOptions { Epochs = epochs };

        options.Validate();

        Assert.Equal(warmUp, Assert.IsType<WarmUpCosine>(options.Schedule).WarmUpEpochs);
        Assert.Equal($"{warmUp} warm-up epochs, cosine to 0.01", options.Describe()["Schedule"]);
    }

    [Fact]
    public void AScheduleThatIsGivenStaysAsItIs()
    {
        Assert.Contains(
            "Schedule.WarmUpEpochs is 3; it must be 0 or more and below Epochs (2).",
            Fault(new() { Epochs = 2, Schedule = new WarmUpCosine { WarmUpEpochs = 3, FinalFactor = .01 } }), StringComparison.Ordinal);
        Assert.IsType<ConstantRate>(new ObjectDetectionDistillationOptions { Schedule = new ConstantRate(), Epochs = 2 }.Schedule);
    }

    // The student's own size counts where nothing else is said; a teacher may bring a smaller one.
    [Fact]
    public void ABatchFitsIntoAnArray()
    {
        new ObjectDetectionDistillationOptions { BatchSize = 1747 }.Validate();

        Assert.Contains(
            "BatchSize is 1748 and ImageSize is 640×640: a batch of such images has 2147942400 bytes, and 2147483591 is the most there can be; lower one of them.",
            Fault(new() { BatchSize = 1748 }), StringComparison.Ordinal);
        Assert.Contains("BatchSize is 16 and ImageSize is 8192×8192: ", Fault(new() { ImageSize = new(8192, 8192) }), StringComparison.Ordinal);
    }

    [Fact]
    public void MethodsThatAreAddedLaterAreNoneOfTheRuns()
    {
        var options = new ObjectDetectionDistillationOptions();

        var copy = options.Copy();
        options.Methods.Add(new YoloOutputDistillation());

        Assert.Empty(copy.Methods);
        Assert.Equal("Methods is null.", Assert.Throws<ArgumentException>(() => new ObjectDetectionDistillationOptions { Methods = null! }.Copy().Validate()).Message.Split(": ")[1].Split(" (")[0]);
    }

    [Fact]
    public void AStepOfOneImageNeedsMoreThanOnePlace()
    {
        new ObjectDetectionDistillationOptions { BatchSize = 1, ImageSize = new(64, 32) }.Validate();
        new ObjectDetectionDistillationOptions { BatchSize = 2, ImageSize = new(32, 32) }.Validate();

        Assert.StartsWith(
            "Options of DistillObjectDetection: BatchSize is 1, and of an image of 32×32 the coarsest map has one place: BatchNorm needs more than one value a channel,",
            Fault(new() { BatchSize = 1, ImageSize = new(32, 32) }), StringComparison.Ordinal);
    }

    [Fact]
    public void AllFaultsAreToldTogether()
    {
        var options = new ObjectDetectionDistillationOptions
        {
            LabelColumnName = " ",
            ScoreColumnName = "Out",
            PredictedBoundingBoxColumnName = "Out",
            Methods = { new FocalGlobalDistillation { Temperature = -1 } },
            Student = null!,
            ImageSize = new(100, 64),
            YoloLoss = new() { BoxGain = -1 },
            RetinaNetLoss = null!,
            ScoreThreshold = 2,
            IouThreshold = double.NaN,
            MaxDetections = 0,
            BatchSize = 0,
            Epochs = 0,
            Precision = (Precision)7,
            GpuDeviceId = -1,
            Threads = 0,
            MemoryBudget = -1,
            BadImages = (BadImages)7,
            BadObjects = (BadObjects)7,
            MaxImagePixels = 0,
            Optimizer = new SgdOptions { LearningRate = 0 },
            Schedule = new ConstantRate(),
            Augmentation = new() { Mosaic = 2 },
            ValidationFraction = 1,
            MaximumGradientNorm = 0,
            CheckpointFolder = "",
            OnCancellation = (CancellationResult)5,
            Checkpoints = null!,
        };

        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ",
                "Options of DistillObjectDetection: 27 faults.",
                "LabelColumnName is empty; name a column.",
                "ScoreColumnName and PredictedBoundingBoxColumnName are both 'Out'; they must differ.",
                "FocalGlobalDistillation.Temperature is -1; it must be above 0.",
                "FocalGlobalDistillation learns from a teacher, and Teacher is null: set it, or remove the method.",
                "Student is null.",
                "ImageSize is 100×64; both sides must be multiples of 32, such as 320×320.",
                "YoloLossOptions.BoxGain is -1; it must be 0 or more.",
                "RetinaNetLoss is null.",
                "ScoreThreshold is 2; it must be 0 to 1.",
                "IouThreshold is NaN; it must be 0 to 1.",
                "BadObjects is 7; it must be Refuse or Drop.",
                "MaxDetections is 0; it must be at least 1.",
                "BatchSize is 0; it must be at least 1.",
                "Epochs is 0; it must be at least 1.",
                "Precision is 7; it must be Float32, BFloat16 or Auto.",
                "GpuDeviceId is -1; it must be 0 or more, or null for the CPU.",
                "Threads is 0; it must be at least 1, or null for all processors.",
                "MemoryBudget is -1; it must be 0 or more bytes.",
                "BadImages is 7; it must be Throw or Skip.",
                "MaxImagePixels is 0; it must be at least 1.",
                "Optimizer.LearningRate is 0; it must be above 0.",
                "Augmentation.Mosaic is 2; it must be 0 to 1.",
                "ValidationFraction is 1; it must be 0 or more and below 1.",
                "MaximumGradientNorm is 0; it must be above 0, or null.",
                "CheckpointFolder is empty; name a folder, or leave it null.",
                "OnCancellation is 5; it must be Throw or ReturnBest.",
                "Checkpoints is null. (Parameter 'options')"),
            Fault(options));
    }

    [Fact]
    public void TheLanguageOfTheMachineChangesNoMessage()
    {
        var options = new ObjectDetectionDistillationOptions
        {
            PseudoLabels = new() { ScoreThreshold = -.5, OverlapThreshold = 1.5 },
            YoloLoss = new() { LabelSmoothing = 1.5, AnchorThreshold = .5 },
            RetinaNetLoss = new() { Alpha = 1.5, Gamma = .5, ForegroundIoU = 1.5, BackgroundIoU = 2.5 },
            Schedule = new StepDecay { Gamma = 1.5, Milestones = [1] },
        };
        var (expected, told, before) = (Fault(options), options.Describe()["Schedule"], CultureInfo.CurrentCulture);
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NegativeSign) = (",", "~");
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(expected, Fault(options));
            Assert.Equal(told, options.Describe()["Schedule"]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void NullsAreFaultsToo()
    {
        Assert.Equal("Options of DistillObjectDetection: Methods is null. (Parameter 'options')", Fault(new() { Methods = null! }));
        Assert.Equal("Options of DistillObjectDetection: Methods holds a null; leave it out. (Parameter 'options')", Fault(new() { Methods = [null!] }));
        Assert.Equal("Options of DistillObjectDetection: Optimizer is null. (Parameter 'options')", Fault(new() { Optimizer = null! }));
        Assert.Equal("Options of DistillObjectDetection: Schedule is null. (Parameter 'options')", Fault(new() { Schedule = null! }));
        Assert.Equal("Options of DistillObjectDetection: Augmentation is null. (Parameter 'options')", Fault(new() { Augmentation = null! }));
        Assert.Equal("Options of DistillObjectDetection: YoloLoss is null. (Parameter 'options')", Fault(new() { YoloLoss = null! }));
    }

    [Fact]
    public void MeasuringNeedsOneSourceOfImages()
    {
        var data = QuickDetector.Data(new MLContext(1), 2, 1);

        Assert.Contains("there is a validation set", Refusal(new() { ValidationFraction = .1 }, data), StringComparison.Ordinal);
        Assert.Contains("EarlyStopping is set, and there is nothing to measure on", Refusal(new() { EarlyStopping = new() }, null), StringComparison.Ordinal);
        Assert.Contains("ValidationFraction is above 0, and there is a ValidationSet", Fault(new() { ValidationFraction = .1, ValidationSet = data }), StringComparison.Ordinal);
        Assert.Null(Record.Exception(() => new ObjectDetectionDistillationOptions { EarlyStopping = new() }.ValidateMeasuring(data)));
    }

    [Fact]
    public void TheDoorRefusesFaultsAndNulls()
    {
        var ml = new MLContext(1);

        Assert.Equal("options", Assert.Throws<ArgumentNullException>(() => ml.DistillObjectDetection(null!)).ParamName);
        Assert.Equal("ml", Assert.Throws<ArgumentNullException>(() => ((MLContext)null!).DistillObjectDetection(new())).ParamName);
        Assert.Equal("input", Assert.Throws<ArgumentNullException>(() => ml.DistillObjectDetection(new()).Fit(null!)).ParamName);
        Assert.StartsWith("Options of DistillObjectDetection: 2 faults.", Assert.Throws<ArgumentException>(() => ml.DistillObjectDetection(new() { BatchSize = 0, Threads = 0 })).Message, StringComparison.Ordinal);
    }

    private static string Fault(ObjectDetectionDistillationOptions options) => Assert.Throws<ArgumentException>(options.Validate).Message;

    private static string Refusal(ObjectDetectionDistillationOptions options, IDataView? data) => Assert.Throws<ArgumentException>(() => options.ValidateMeasuring(data)).Message;
}
