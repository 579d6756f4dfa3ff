namespace Microsoft.ML.Distillation.Tests.Reports;

/// <summary>Reports to write: one with everything in it, one with as little as can be.</summary>
internal static class Examples
{
    public const string Nasty = "<script>alert('1')</script> & \"two\"";

    private static readonly string[] _classes = ["cat", Nasty, "дом"];

    public static TrainingReport Least => new()
    {
        Student = "resnet8",
        Options = new Dictionary<string, string>(),
        Versions = new Dictionary<string, string>(),
        Device = "cpu",
        Seed = 1,
        TrainingRows = 10,
        Parameters = 5,
        Epochs = 1,
        SecondsPerEpoch = 1.5,
        ImagesPerSecond = 20,
        Phases = new Dictionary<string, double>(),
        Terms = new Dictionary<string, IReadOnlyList<double>>(),
        LearningRate = [],
    };

    public static TrainingReport Full => Least with
    {
        Teacher = $"teacher {Nasty}",
        DatasetName = $"data {Nasty}",
        Classes = _classes,
        Options = new Dictionary<string, string> { ["BatchSize"] = "32", ["Data"] = $"/home/{Nasty}.zip" },
        Versions = new Dictionary<string, string> { ["Microsoft.ML"] = "5.0.0" },
        ValidationRows = 100,
        Epochs = 3,
        Phases = new Dictionary<string, double> { ["data"] = 1, ["teacher"] = 2.5, ["student"] = 6, ["optimiser"] = .5 },
        Terms = new Dictionary<string, IReadOnlyList<double>> { ["task"] = [1.5, 1, .75], ["kd"] = [2, 1.5, 1.25], ["total"] = [3.5, 2.5, 2] },
        LearningRate = [.1, .05, 0],
        ValidationAccuracy = [.5, .7, .85],
        MethodFactors = new Dictionary<string, double> { [Nasty] = .5 },
        BestEpoch = 3,
        Anchors = new AnchorFigures { BestPossibleRecall = .98, OwnBestPossibleRecall = .75 },
        Retries = [$"Went wrong {Nasty}"],
        StoppedEarly = true,
        Cancelled = true,
        ResumedAt = 1234,
        Checkup = [new("outputs", CheckupSeverity.Info, $"measured {Nasty}"), new("normalization", CheckupSeverity.Warning, "wrong", $"remedy {Nasty}")],
        SkippedRows = [new("training", 5, $"reason {Nasty}", $"file {Nasty}"), new("validation", 7, "no image", null)],
        DataFindings = [new(DataFindingKind.Leaked, "validation", 3, $"text {Nasty}")],
        IsDistilled = true,
        StudentFigures = Figures(.86) with { Evidence = Evidence(.1), Accuracies = [.85, .87, .86], TeacherAgreement = .9, ModelBytes = 300_000, LatencyMs = .5, Parameters = 75_000 },
        BaselineFigures = Figures(.8) with { Evidence = Evidence(.2), Accuracies = [.79, .8, .81], ValidationAccuracy = [.4, .6, .79], ModelBytes = 300_000 },
        TeacherFigures = Figures(.95) with { Parameters = 6_500_000, ModelBytes = 26_000_000, LatencyMs = 9 },
        Comparison = BaselineComparison.Of([new(1, .79, .85), new(2, .8, .87), new(3, .81, .86)], 100),
        Features = new FeatureFigures { BetweenClassCosine = .25, DirectionAlignment = .75 },
        Mistakes = [new Mistake { Row = 7, Label = "cat", Predicted = Nasty, Confidence = .99, Teacher = "cat", Image = [1, 2, 3], StudentAttention = [4], TeacherAttention = [5] }],
        Quantization = new QuantizationReport
        {
            Kind = "int8 trained", Settings = $"int8: {Nasty}", Layers = 20, QuantizedLayers = 18, CalibrationImages = 512, TrainedEpochs = 5, ModelBytes = 90_000, FloatModelBytes = 300_000,
            EvaluationImages = 100, Accuracy = .855, FloatAccuracy = .86, Agreement = .98, LatencyMs = .25, FloatLatencyMs = .5,
        },
        Exits =
        [
            new ExitFigures { Name = "exit1", Stage = "layer1", Depth = 1, Parameters = 10_000, ModelBytes = 40_000, LatencyMs = .2, Accuracy = .6 },
            new ExitFigures { Name = "exit2", Stage = "layer2", Depth = 2, Parameters = 75_000, ModelBytes = 300_000, LatencyMs = .5 },
        ],
    };

    private static StudentEvidence Evidence(double loss) => new()
    {
        WeightNoise = [new(0, [.86, .86]), new(.25, [.86 - loss, .8 - loss])],
        Gradients = [new("conv1", .25), new(Nasty, .5 + loss), new("classifier", 1)],
    };

    private static ModelFigures Figures(double accuracy) => new()
    {
        Accuracy = accuracy,
        Ece = .05,
        Calibration = [new CalibrationBin { From = 8 / 15.0, To = 9 / 15.0, Images = 40, Confidence = .57, Accuracy = .6 }, new CalibrationBin { From = 14 / 15.0, To = 1, Images = 60, Confidence = .99, Accuracy = .9 }],
        Confusion = [[30, 3, 1], [2, 28, 3], [0, 0, 33]],
        PerClass = ClassFigures.Of([[30, 3, 1], [2, 28, 3], [0, 0, 33]], _classes),
    };
}
