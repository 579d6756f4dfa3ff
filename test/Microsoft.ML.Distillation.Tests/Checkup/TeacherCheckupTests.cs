using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Checkup;

/// <summary>Faults planted in a teacher are found, and nothing is found where there are none.</summary>
[Collection(nameof(TrainingTests))]
public class TeacherCheckupTests
{
    private static readonly IReadOnlyList<DrawnRow> Clear = Tints.Rows(300), Blurred = Tints.Rows(300, spread: 55);
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AHealthyTeacherCausesNoWarning(bool blurred)
    {
        var findings = Check(Tints.Teacher(), blurred ? Blurred : Clear);

        Assert.Equal(["teacher-accuracy", "outputs", "normalization"], findings.Select(f => f.Code));
        Assert.All(findings, f => Assert.Equal((CheckupSeverity.Info, null), (f.Severity, f.Remedy)));
        Assert.Matches("^ONNX teacher \\(from bytes\\) is right on [0-9.]+ % of 300 training images; guessing among 4 classes gets 25 %, always naming the most frequent one 25 %\\.$", findings[0].Measured);
        Assert.Matches("^ONNX teacher \\(from bytes\\) is sure with probability 0\\.[0-9]+ on average; entropy of its outputs, as a share of ln C = 1\\.39, by temperature: "
            + "1 → 0\\.[0-9]+, 2 → 0\\.[0-9]+, 4 → 0\\.[0-9]+, 8 → 0\\.[0-9]+, 16 → [01]\\.[0-9]+, 32 → [01]\\.[0-9]+\\.$", findings[1].Measured);
        // What is right on nearly all images is not tried otherwise.
        Assert.Equal(blurred, findings[2].Measured.Contains("MinusOneToOne", StringComparison.Ordinal));
    }

    [Fact]
    public void AWrongNormalisationIsFound()
    {
        foreach (var wrong in new[] { ImageNormalization.ZeroToOne, ImageNormalization.Raw, ImageNormalization.Custom([0, 0, 0], [.02f, .02f, .02f]) })
        {
            var found = Warning(Check(Tints.Teacher(given: wrong), Blurred), "normalization");

            // Three presets are much alike, and this teacher can't tell them apart.
            Assert.Matches("^Give it ImageNormalization\\.(Cifar10|ImageNet|MinusOneToOne) as its normalisation\\.$", found.Remedy);
            Assert.Contains("Cifar10 ", found.Measured, StringComparison.Ordinal);
            Assert.Equal(found.Remedy, $"Give it ImageNormalization.{found.Normalization} as its normalisation.");
            Assert.Null(found.ClassNames);
        }
    }

    [Fact]
    public void SwappedChannelsAreFound()
    {
        var found = Warning(Check(Tints.Teacher(swapped: true), Clear), "channel-order");

        Assert.Equal("Set OnnxTeacherOptions.Channels to Bgr.", found.Remedy);
        Assert.Matches("is right on [0-9.]+ %, and on [0-9.]+ % with red and blue swapped\\.$", found.Measured);
    }

    [Fact]
    public void SwappedChannelsOfGreyImagesCantBeToldAndAreNot()
    {
        var findings = Check(Tints.Teacher(swapped: true, colours: Tints.Greys), Tints.Rows(300, spread: 30, Tints.Greys));

        Assert.DoesNotContain(findings, f => f.Severity == CheckupSeverity.Warning);
    }

    [Fact]
    public void ClassesInAnotherOrderAreFound()
    {
        var found = Warning(Check(Tints.Teacher(names: ["leaf", "sand", "brick", "sky"]), Blurred), "class-order");

        Assert.Equal("Give its class names in the order of its outputs; judged by these images they are: brick, sky, leaf, sand.", found.Remedy);
        Assert.Equal(["brick", "sky", "leaf", "sand"], found.ClassNames);
        Assert.Null(found.Normalization);
    }

    [Fact]
    public void TwoFaultsAreBothFound()
    {
        var findings = Check(Tints.Teacher(given: ImageNormalization.ZeroToOne, names: ["leaf", "sand", "brick", "sky"]), Clear);

        Assert.Equal(["class-order", "normalization"], findings.Where(f => f.Severity == CheckupSeverity.Warning && f.Code is not ("teacher-accuracy" or "temperature" or "outputs")).Select(f => f.Code).Order());
        Assert.EndsWith(": brick, sky, leaf, sand.", findings.First(f => f.Code == "class-order").Remedy, StringComparison.Ordinal);

        // What a program does with them.
        var mended = Tints.Teacher(
            given: findings.Single(f => f.Normalization is not null).Normalization, names: [.. findings.Single(f => f.ClassNames is not null).ClassNames!]);
        Assert.DoesNotContain(Check(mended, Clear), f => f.Severity == CheckupSeverity.Warning);
    }

    [Fact]
    public void ATeacherThatKnowsNothingIsFoundAndNotExplainedAway()
    {
        var findings = Check(OnnxTeacher.FromBytes(Noise(), new() { Normalization = Tints.Expected, ClassNames = Tints.Classes }), Blurred);

        Assert.Equal("teacher-accuracy", Assert.Single(findings, f => f.Severity == CheckupSeverity.Warning).Code);
        Assert.StartsWith("It knows nothing of these labels that chance does not", findings[0].Remedy, StringComparison.Ordinal);
    }

    // The remedy is taken, and then there is nothing to find.
    [Theory]
    [InlineData(4000, 4, "Raise", "all but hard labels")]
    [InlineData(20, 400, "Lower", "all but uniform")]
    public void ATemperatureThatSaysNothingIsFound(float gain, double temperature, string remedy, string what)
    {
        var teacher = Tints.Teacher(gain: gain);

        var found = Warning(Check(teacher, Blurred, new KnowledgeDistillation { Temperature = temperature }), "temperature");

        Assert.StartsWith($"At KnowledgeDistillation's temperature {temperature} the teacher's outputs are {what}: ", found.Measured, StringComparison.Ordinal);
        var near = Regex.Match(found.Remedy!, $"^{remedy} the temperature; near ([0-9.]+) they tell ");
        Assert.True(near.Success, found.Remedy);
        var better = double.Parse(near.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.DoesNotContain(Check(teacher, Blurred, new DecoupledDistillation { Temperature = better }), f => f.Severity == CheckupSeverity.Warning);
    }

    [Fact]
    public void ProbabilitiesTakenForLogitsAreFound()
    {
        var found = Warning(Check(Tints.Teacher(gain: 200, probabilities: true), Clear), "outputs");

        Assert.Matches("^It is right on [0-9.]+ % and as good as undecided: if its scores are probabilities, say so \\(ScoreKind\\.Probabilities\\); else take a temperature near 0\\.[0-9]+\\.$", found.Remedy);
    }

    [Fact]
    public void LogitsThatAreNoNumbersAreFound()
    {
        var found = Warning(Check(Tints.Teacher(gain: float.MaxValue), Clear), "outputs");

        Assert.Equal("ONNX teacher (from bytes) gives logits that are no finite numbers.", found.Measured);
    }

    [Fact]
    public void OfAnEnsembleTheMemberIsNamed()
    {
        var ensemble = new EnsembleTeacher(Tints.Teacher(), Tints.Teacher(names: ["leaf", "sand", "brick", "sky"]));

        var findings = Check(ensemble, Clear);

        Assert.StartsWith("ensemble of 2 ", findings[0].Measured, StringComparison.Ordinal);
        Assert.StartsWith("ONNX teacher (from bytes) is right on ", Assert.Single(findings, f => f.Code == "class-order").Measured, StringComparison.Ordinal);
        Assert.Contains(findings, f => f is { Code: "normalization", Severity: CheckupSeverity.Info });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FeaturesThatSayNothingAreFound(bool dead)
    {
        using var network = TinyNetwork.Create(4, seed: 3);
        if (dead)
        {
            using var noGrad = no_grad();
            network.get_parameter("norm.bias").fill_(-1000);
        }
        var teacher = new ModuleTeacher(network, new() { Normalization = Tints.Expected, ClassNames = Tints.Classes, FeatureModules = ["conv", "act"], EmbeddingModule = "flat" });

        var findings = Check(teacher, Clear, new AttentionTransfer(), new RelationalDistillation());

        var warned = findings.Where(f => f.Severity == CheckupSeverity.Warning).Select(f => f.Measured);
        Assert.Equal(
            dead ? ["module teacher: map act is the same for all 300 images, or not all numbers.", "module teacher: the embedding is the same for all 300 images, or not all numbers."] : [], warned);
        Assert.All(findings, f => Assert.Equal("features", f.Code));
        Assert.Matches(
            dead ? "of 300 images \\(25 % are of one class\\), by map conv [0-9.]+ %\\.$" : "by map conv [0-9.]+ %, map act [0-9.]+ %, the embedding [0-9.]+ %\\.$", findings[^1].Measured);
    }

    [Fact]
    public void ASmallSampleIsTriedAsAWhole()
    {
        var findings = _ml.CheckTeacher(Tints.Teacher(names: ["leaf", "sand", "brick", "sky"]), Tints.View(_ml, Clear), options: new() { SampleRows = 60 });

        Assert.Contains(findings, f => f is { Code: "class-order", Severity: CheckupSeverity.Warning });
        Assert.Contains(" is right on 60 images with: Cifar10 ", _ml.CheckTeacher(Tints.Teacher(), Tints.View(_ml, Clear), options: new() { SampleRows = 60 })[^1].Measured, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsAreHeard()
    {
        Assert.Contains("of 40 training images", _ml.CheckTeacher(Tints.Teacher(), Tints.View(_ml, Clear), options: new() { SampleRows = 40 })[0].Measured, StringComparison.Ordinal);
        Assert.Equal(
            "Teacher: Checkup.SampleRows is 1; it must be at least 2, or Checkup null for no check-up. (Parameter 'teacher')",
            Assert.Throws<ArgumentException>(() => _ml.CheckTeacher(Tints.Teacher(), Tints.View(_ml, Clear), options: new() { SampleRows = 1 })).Message);
    }

    private IReadOnlyList<CheckupFinding> Check(Teacher teacher, IReadOnlyList<DrawnRow> rows, params DistillationMethod[] methods) =>
        _ml.CheckTeacher(teacher, Tints.View(_ml, rows), methods.Length == 0 ? null : methods, imageSize: Quick.Size);

    private static CheckupFinding Warning(IReadOnlyList<CheckupFinding> findings, string code)
    {
        var warnings = findings.Where(f => f.Severity == CheckupSeverity.Warning).ToList();
        Assert.Contains(warnings, w => w.Code == code);
        Assert.All(warnings, w => Assert.False(string.IsNullOrEmpty(w.Remedy)));
        // Whoever is looked at in the wrong way may also be right on too few.
        Assert.DoesNotContain(warnings, w => w.Code != code && w.Code is not ("teacher-accuracy" or "temperature" or "outputs"));
        return warnings.First(w => w.Code == code);
    }

    /// <summary>Random weights of which each channel's add up to 0: a tint leaves no trace in what it says.</summary>
    private static byte[] Noise()
    {
        const int Pixels = 64;
        var weights = Numbers.Gaussian(4 * 3 * Pixels, seed: 5);
        for (var plane = 0; plane < weights.Length; plane += Pixels)
        {
            var mean = weights.AsSpan(plane, Pixels).ToArray().Average();
            for (var i = 0; i < Pixels; i++)
                weights[plane + i] -= mean;
        }
        var graph = new OnnxGraphBuilder("noise");
        var pixels = graph.Flatten(graph.AddInput("image", OnnxElementType.Float, "N", 3, 8, 8));
        graph.AddOutput("scores", graph.Gemm(pixels, graph.AddInitializer("weight", weights, 4, 3 * Pixels), transB: true), OnnxElementType.Float, "N", 4);
        return graph.ToBytes();
    }
}
