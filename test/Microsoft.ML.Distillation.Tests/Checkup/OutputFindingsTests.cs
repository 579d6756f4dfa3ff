using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Checkup;

public class OutputFindingsTests
{
    // In plain doubles, from the logits that the teacher gives.
    [Fact]
    public void EntropyAndSurenessAreMeansOverTheImages()
    {
        const int Classes = 7;
        var size = new ImageSize(9, 8);
        double[] temperatures = [.5, 1, 4];
        using var teacher = OpenedTeacher.Open(OnnxTeacher.FromBytes(new Classifiers(size, Classes).ToBytes()), new TeacherSettings(CPU, Threads: 1), Modules.Classes(Classes));
        using var store = Stores.Numbered(20, size);
        using var pixels = PixelTensor.Create([.. Enumerable.Range(0, 20).SelectMany(row => store.Pixels(row).ToArray())], 20, size, CPU);
        using var logits = teacher.Forward(pixels).Logits!;
        var rows = Numbers.Of(logits).Chunk(Classes).ToList();

        var outputs = TeacherSample.Draw(store, 100, seed: 1, CPU, CancellationToken.None).Score(teacher, temperatures);

        Assert.Equal(temperatures, outputs.Softened.Select(o => o.Temperature));
        foreach (var softened in outputs.Softened)
        {
            var probabilities = rows.Select(z => z.Select(v => Math.Exp(v / softened.Temperature) / z.Sum(u => Math.Exp(u / softened.Temperature))).ToArray()).ToList();
            Assert.Equal(probabilities.Average(p => -p.Sum(v => v * Math.Log(v))), softened.Entropy, 1e-5);
            Assert.Equal(probabilities.Average(p => p.Max()), softened.Highest, 1e-5);
            Assert.Equal(softened.Entropy / Math.Log(Classes), softened.Share, 1e-12);
        }
        Assert.True(outputs.Finite);
        Assert.Equal(rows.Select(z => Array.IndexOf(z, z.Max())).Order(), outputs.Predicted.Order());
    }

    [Fact]
    public void ASampleIsAChoiceOfTheSeedAlone()
    {
        using var store = Stores.Numbered(300, new ImageSize(4, 4));

        int[] Rows(long seed) => [.. TeacherSample.Draw(store, 40, seed, CPU, CancellationToken.None).Labels];

        Assert.Equal(Rows(1), Rows(1));
        Assert.NotEqual(Rows(1), Rows(2));
        Assert.Equal(Rows(1)[..10], TeacherSample.Draw(store, 40, 1, CPU, CancellationToken.None).First(10).Labels);
    }

    // Outputs of ten classes, all but one alike, the likeliest with so much of an advantage at temperature 1.
    [Theory]
    [InlineData(100, 4, "too low")]
    [InlineData(100, 32, "")]
    [InlineData(8, 4, "")]
    [InlineData(8, 1, "too low")]
    [InlineData(8, 128, "too high")]
    public void TemperaturesAreJudged(double advantage, double temperature, string expected)
    {
        var findings = OutputFindings.Of("T", Softened(advantage, temperature), accuracy: null, [("M", temperature)]).ToList();

        Assert.Equal("outputs", findings[0].Code);
        Assert.Equal(expected.Length == 0 ? 1 : 2, findings.Count);
        Assert.All(findings.Skip(1), f => Assert.StartsWith(expected == "too low" ? "Raise" : "Lower", f.Remedy, StringComparison.Ordinal));
    }

    // Undecided outputs of a teacher that is right on little are what they should be.
    [Theory]
    [InlineData(.95, true)]
    [InlineData(.3, false)]
    public void OnlyATeacherThatIsRightMayNotBeUndecided(double accuracy, bool warned) => Assert.Equal(
        warned, OutputFindings.Of("T", Softened(1, 1), accuracy, []).Any(f => f.Severity == CheckupSeverity.Warning));

    private static List<SoftenedOutputs> Softened(double advantage, double temperature) => [.. OutputFindings.Grid.Append(temperature).Distinct().Select(t =>
    {
        var highest = 1 / (1 + 9 * Math.Exp(-advantage / t));
        var other = (1 - highest) / 9;
        var softened = new SoftenedOutputs(t, 10);
        softened.Add(-highest * Math.Log(highest) - (other > 0 ? 9 * other * Math.Log(other) : 0), highest, 1);
        return softened;
    })];
}
