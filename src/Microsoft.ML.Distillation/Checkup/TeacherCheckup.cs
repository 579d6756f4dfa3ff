using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Checkup;

/// <summary>Tries a teacher on a sample of the images before anything is learned from it.</summary>
internal sealed class TeacherCheckup(CheckupOptions options, int seed, Device device, CancellationToken cancellation = default)
{
    /// <summary>Images that are scored again in every way: half of them, but enough to tell by.</summary>
    private const int FewestTried = 256;

    private const string AccuracyCode = "teacher-accuracy", OutputsCode = "outputs";

    /// <param name="teacher">Opened for what the methods learn from.</param>
    /// <param name="store">Images, with labels or without: then only its outputs by themselves can be judged.</param>
    /// <param name="classes">Names of the labels' classes.</param>
    public IReadOnlyList<CheckupFinding> Run(OpenedTeacher teacher, PixelStore store, IReadOnlyList<string> classes, IEnumerable<DistillationMethod> methods)
    {
        var sample = TeacherSample.Draw(store, options.SampleRows, seed, device, cancellation);
        var softening = methods.Where(m => m.TeacherTemperature is not null).Select(m => (m.Name, m.TeacherTemperature!.Value)).Distinct().ToList();
        var outputs = sample.Score(teacher, [.. OutputFindings.Grid, .. softening.Select(s => s.Value)]);
        return [.. Logits(teacher, sample, outputs, classes, softening), .. sample.Labels.Count == 0 ? [] : FeatureSignal.Findings(teacher.Name, outputs.Vectors, sample.Labels)];
    }

    private IEnumerable<CheckupFinding> Logits(
        OpenedTeacher teacher, TeacherSample sample, TeacherOutputs outputs, IReadOnlyList<string> classes, IReadOnlyList<(string Method, double Temperature)> softening)
    {
        if (outputs.Predicted.Length == 0)
            yield break;
        if (!outputs.Finite)
        {
            yield return CheckupFinding.Warning(OutputsCode, $"{teacher.Name} gives logits that are no finite numbers.", "Check its normalisation and its scores; nothing can be learned from it as it is.");
            yield break;
        }
        var labelled = sample.Labels.Count > 0;
        var right = labelled ? outputs.Predicted.Zip(sample.Labels, (p, l) => p == l).ToArray() : [];
        if (labelled)
            yield return Accuracy(teacher.Name, right, sample.Labels, classes.Count);
        var accuracy = labelled ? right.Count(r => r) / (double)right.Length : (double?)null;
        foreach (var finding in OutputFindings.Of(teacher.Name, outputs.Softened, accuracy, softening))
            yield return finding;
        var tried = sample.First(Math.Max(FewestTried, options.SampleRows / 2));
        foreach (var finding in labelled ? Leaves(teacher).SelectMany(leaf => ExpectationFindings.Of(leaf, tried, classes)) : [])
            yield return finding;
    }

    private static CheckupFinding Accuracy(string teacher, bool[] right, IReadOnlyList<int> labels, int classes)
    {
        FormattableString measured =
            $"{teacher} is right on {100.0 * right.Count(r => r) / right.Length:0.#} % of {right.Length} training images; guessing among {classes} classes gets {100.0 / classes:0.#} %, always naming the most frequent one {100 * Evidence.LargestShare(labels):0.#} %.";
        return Evidence.BeatsChance(right, labels)
            ? CheckupFinding.Info(AccuracyCode, measured)
            : CheckupFinding.Warning(AccuracyCode, measured, "It knows nothing of these labels that chance does not: check its normalisation, its class names and whether it was trained for them.");
    }

    private static IEnumerable<OpenedTeacher> Leaves(OpenedTeacher teacher) => teacher.Session.Members.Count == 0 ? [teacher] : teacher.Session.Members.SelectMany(Leaves);
}
