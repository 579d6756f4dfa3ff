using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Runtime.Annotations;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Tests;

/// <summary>What is said, written and read is the same wherever the program runs: "0.5" never becomes "0,5".</summary>
[Collection(nameof(NoParallelization))]
public sealed partial class CultureTests : IDisposable
{
    // Decimal commas, and a minus of its own, as some countries have them.
    private static readonly CultureInfo Comma = Foreign();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AClassifierIsTheSame()
    {
        var (plain, comma) = (In(CultureInfo.InvariantCulture, Fit), In(Comma, Fit));

        AssertSame(plain, comma);
        Assert.Contains(comma.Log, line => Regex.IsMatch(line, @"^Epoch 1 of 1: .*total 0*\d+\.\d{4}"));

        Outcome Fit()
        {
            var (ml, log) = Context();
            var data = Drawn.View(ml, Drawn.Rows(24));
            var options = Quick.Options(epochs: 1);
            options.Methods.Add(new DeepSupervision { Weight = .25 });
            using var student = ml.DistillImageClassification(options).Fit(data, data);
            return Written(ml, student, data, student.ToOnnx(), student.Report, Quick.Scores(student, data), log);
        }
    }

    [Fact]
    public void ADetectorIsTheSame()
    {
        AssertSame(In(CultureInfo.InvariantCulture, Fit), In(Comma, Fit));

        Outcome Fit()
        {
            var (ml, log) = Context();
            var data = QuickDetector.Data(ml, 8, seed: 1);
            using var student = ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, fraction: .25)).Fit(data);
            return Written(ml, student, data, student.ToOnnx(), student.Report, [], log);
        }
    }

    [Fact]
    public void FaultsAreTheSame()
    {
        var ml = new MLContext(seed: 1);
        string[] Faults() =>
        [
            Fault(() => ml.DistillImageClassification(new()
            {
                Methods = { new KnowledgeDistillation { Temperature = -.5, Alpha = 1.5 }, new DecoupledDistillation { Beta = -.25 }, new BeYourOwnTeacher { HintWeight = -.1 } },
                BatchSize = -2,
                MaximumGradientNorm = -.5,
                ValidationFraction = 1.5,
                Optimizer = new SgdOptions { LearningRate = -.01, Momentum = 1.25 },
                Schedule = new StepDecay { Gamma = 1.5 },
                WeightAverage = new() { Decay = 1.5, WarmUpSteps = -.5 },
                Recovery = new() { RateFactor = 1.5 },
                EarlyStopping = new() { MinimumGain = -.5 },
                Augmentation = new() { Mixup = -.5, CutMix = -1.5 },
                BalanceTerms = new() { Share = -.5 },
            })),
            Fault(() => ml.DistillObjectDetection(new()
            {
                ScoreThreshold = 1.5,
                IouThreshold = -.5,
                PseudoLabels = new() { ScoreThreshold = 1.5, OverlapThreshold = -.5 },
                Optimizer = new AdamWOptions { LearningRate = -.5, Beta1 = 1.5 },
                Methods = { new YoloOutputDistillation(), new FocalGlobalDistillation() },
            })),
            Fault(() => ImageNormalization.Custom([float.NaN, .5f, .25f], [-.5f, .5f, .5f])),
            Fault(() => ml.DistillImageClassification(new() { Teacher = new EnsembleTeacher { Weights = [-.5] } })),
        ];

        var (plain, comma) = (In(CultureInfo.InvariantCulture, Faults), In(Comma, Faults));

        Assert.Equal(plain, comma);
        Assert.All(comma, text => Assert.Matches(@"-0\.5", text));
    }

    [Fact]
    public void OptionsAreWrittenTheSame()
    {
        string[] Texts() =>
        [
            $"{new PseudoLabelOptions { AddMissing = true }}",
            $"{new SgdOptions { LearningRate = .05 }}",
            $"{new StepDecay()}",
            .. new ImageClassificationDistillationOptions
            {
                Methods = { new KnowledgeDistillation { Alpha = .25 }, new AttentionTransfer() },
                Recovery = new(),
                EarlyStopping = new() { MinimumGain = .5 },
                WeightAverage = new(),
                ValidationFraction = .5,
                QuantizationAware = new() { Int8 = new() { Calibration = CalibrationMethod.Percentile, Percentile = 99.5 } },
            }.Describe().Select(o => $"{o.Key}: {o.Value}"),
            .. new ObjectDetectionDistillationOptions { PseudoLabels = new() { AddMissing = true } }.Describe().Select(o => $"{o.Key}: {o.Value}"),
        ];

        Assert.Equal(In(CultureInfo.InvariantCulture, Texts), In(Comma, Texts));
    }

    [Fact]
    public void AnnotationsAreReadTheSame()
    {
        _folder.Write("images/a.png", AnnotationFiles.Png(640, 480));
        _folder.Write("images/a.txt", "1 0.5 0.25 0.125 0.5");
        _folder.Write("classes.txt", "ant\nbee");
        _folder.Write("voc/a.xml", "<annotation><object><name>bee</name><bndbox><xmin>1.5</xmin><ymin>2.25</ymin><xmax>3.5e1</xmax><ymax>4</ymax></bndbox></object></annotation>");
        _folder.Write("images/coco.json", """
            {"images":[{"id":1,"file_name":"a.png","width":640,"height":480}],"categories":[{"id":1,"name":"bee"}],
             "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1.5,2.25,30.5,4],"area":7.5}]}
            """);
        string[] Rows()
        {
            var ml = new MLContext(seed: 1);
            IDataView[] views =
            [
                ml.LoadYoloAnnotations(_folder["images"], _folder["images"], _folder["classes.txt"]), ml.LoadPascalVocAnnotations(_folder["voc"], _folder["images"]),
                ml.LoadCocoAnnotations(_folder["images/coco.json"]),
            ];
            return [.. views.SelectMany(view => _folder.Rows(ml, view)).Select(row => row.Text())];
        }

        var rows = In(Comma, Rows);

        Assert.Equal(In(CultureInfo.InvariantCulture, Rows), rows);
        Assert.Equal(["images/a.png 640x480 | bee 280 0 360 240 area 19200", "images/a.png 0x0 | bee 1.5 2.25 35 4 area 58.625", "images/a.png 640x480 | bee 1.5 2.25 32 6.25 area 7.5"], rows);
    }

    private Outcome Written(MLContext ml, ITransformer student, IDataView data, byte[] onnx, TrainingReport report, float[][] scores, List<string> log)
    {
        report.SaveAsJson(_folder["report.json"]);
        ml.Model.Save(student, data.Schema, _folder["student.zip"]);
        var reloaded = new MLContext(seed: 2).Model.Load(_folder["student.zip"], out var _);
        var again = scores.Length == 0 ? scores : Quick.Scores(reloaded, data);
        return new(onnx, Texts(JsonDocument.Parse(File.ReadAllText(_folder["report.json"])).RootElement).Select(Masked).ToList(), scores, again, log);
    }

    private static void AssertSame(Outcome plain, Outcome comma)
    {
        Assert.Equal(plain.Onnx, comma.Onnx);
        Assert.Equal(plain.Report, comma.Report);
        Assert.Equal(plain.Scores, comma.Scores);
        Assert.Equal(comma.Scores, comma.Reloaded);
        Assert.NotEmpty(comma.Log);
        Assert.All(comma.Log, text => Assert.DoesNotMatch(@"\d,\d|−", text));
    }

    /// <summary>All that a report says in words, place by place.</summary>
    private static IEnumerable<string> Texts(JsonElement element, string place = "") => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Texts(p.Value, $"{place}/{p.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Texts(item, place)),
        JsonValueKind.String => [$"{place}: {element.GetString()}"],
        _ => [place],
    };

    // Seconds and speeds are never the same twice; how they are written is.
    private static string Masked(string text) => Numbers().Replace(text, "#");

    private static (MLContext Ml, List<string> Log) Context()
    {
        var (ml, log) = (new MLContext(seed: 1), new List<string>());
        ml.Log += (_, e) =>
        {
            if (e.Kind is ChannelMessageKind.Info or ChannelMessageKind.Warning)
                log.Add(e.RawMessage);
        };
        return (ml, log);
    }

    private static string Fault(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static T In<T>(CultureInfo culture, Func<T> action)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            return action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static CultureInfo Foreign()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) = (",", ".", "−");
        (culture.NumberFormat.PercentDecimalSeparator, culture.NumberFormat.PercentGroupSeparator) = (",", ".");
        return culture;
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Numbers();

    /// <summary>What a run left behind.</summary>
    private sealed record Outcome(byte[] Onnx, List<string> Report, float[][] Scores, float[][] Reloaded, List<string> Log);
}
