using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Checkup;

/// <summary>Tries a detector that is to teach on some labelled images: does it find what the labels say, and is it given its pixels and classes as it expects them?</summary>
internal sealed class DetectorCheckup(CheckupOptions options, long seed, Device device, CancellationToken cancellation = default)
{
    private const string AccuracyCode = "teacher-accuracy", ClassCode = "class-order";

    /// <summary>A mean average precision, at an IoU of .5, that chance has no part in.</summary>
    private const double Least = .05;

    /// <summary>Another way to look is said to be better where it gains so much, and half as much again.</summary>
    private const double Gain = .1, Factor = 1.5;

    /// <summary>Images that are looked at in every way: a quarter of them, but enough to tell by.</summary>
    private const int FewestTried = 16;

    /// <summary>A teacher that is so precise is looked at in the right way.</summary>
    private const double Enough = .8;

    /// <param name="data">Images and what is on them.</param>
    /// <param name="classes">Names of the labels' classes.</param>
    public IReadOnlyList<CheckupFinding> Run(string name, DetectorTeacherSession teacher, DetectionData data, IReadOnlyList<string> classes)
    {
        var order = new CounterRandom(seed, RandomPurpose.TeacherSample).NextPermutation(data.Count);
        int[] rows = [.. order.Where(row => data.Boxes.Classes(row).Length > 0).Take(options.SampleRows)];
        var toStudent = DetectorClassMatch.Find(name, teacher, classes);
        var own = Sample(rows.Length).Measure(null);
        return
        [
            Accuracy(name, own, rows.Length), .. Names(name, teacher, classes, toStudent),
            .. own.Precision50 >= Enough ? [] : Pixels(name, teacher, Sample(Math.Max(FewestTried, options.SampleRows / 4))), .. Order(name, own),
        ];

        DetectorSample Sample(int count) => new(teacher, data.Only(rows[..Math.Min(count, rows.Length)]), classes, toStudent, device, cancellation);
    }

    private static CheckupFinding Accuracy(string name, DetectorLook look, int images)
    {
        FormattableString measured = $"{name} has an mAP50 of {100 * look.Precision50:0.#} % on {images} training images with objects, and finds {look.Found} objects that it is at least {100 * DetectorSample.Sure:0} % sure of; {look.Labelled} are labelled.";
        if (look.Precision50 >= Least)
            return CheckupFinding.Info(AccuracyCode, measured);
        return CheckupFinding.Warning(AccuracyCode, measured, look.Found == 0
            ? "It finds as good as nothing: check its normalisation, the order of its channels and the size of its input."
            : "What it finds is not what is labelled: check its class names, its normalisation, and whether it was trained for such objects.");
    }

    private static IEnumerable<CheckupFinding> Names(string name, DetectorTeacherSession teacher, IReadOnlyList<string> classes, int[] toStudent)
    {
        var missing = classes.Where((_, place) => !toStudent.Contains(place)).ToList();
        if (teacher.ClassNames is not null && missing.Count > 0)
        {
            yield return CheckupFinding.Warning(
                "class-names", $"{name} knows {classes.Count - missing.Count} of the labels' {classes.Count} classes, and not: {string.Join(", ", missing)}.",
                "Names must be equal, letter by letter: rename the one or the other; of classes that it does not know, nothing is learned from it.");
        }
    }

    private static IEnumerable<CheckupFinding> Pixels(string name, DetectorTeacherSession teacher, DetectorSample sample)
    {
        if (teacher.AssumedNormalization is not { } assumed)
            yield break;
        var own = sample.Measure(new PixelChange(assumed, assumed, swapped: false)).Precision50;
        var others = ImageNormalization.Presets.Where(p => !(p.Mean.SequenceEqual(assumed.Mean) && p.Deviation.SequenceEqual(assumed.Deviation)));
        var tried = others.Prepend(assumed).SelectMany(other => new[] { false, true }.Select(swapped => (Other: other, Swapped: swapped))).Skip(1)
            .Select(way => (way.Other, way.Swapped, sample.Measure(new PixelChange(assumed, way.Other, way.Swapped)).Precision50)).ToList();
        var (normalization, swap, precision) = tried.MaxBy(way => way.Precision50);
        if (precision < Math.Max(own + Gain, Factor * own))
            yield break;
        var code = normalization == assumed ? "channel-order" : "normalization";
        var change = normalization == assumed ? "with red and blue swapped" : $"with the normalisation {normalization}{(swap ? " and red and blue swapped" : "")}";
        var remedies = new List<string>();
        if (normalization != assumed)
            remedies.Add($"give it ImageNormalization.{normalization} as its normalisation");
        if (swap)
            remedies.Add("give it the other order of channels (OnnxDetectorTeacherOptions.Channels)");
        var remedy = string.Join(" and ", remedies);
        yield return CheckupFinding.Warning(
            code, $"{name} has an mAP50 of {100 * own:0.#} % on {sample.Count} of them, and of {100 * precision:0.#} % {change}.", $"{char.ToUpperInvariant(remedy[0])}{remedy[1..]}.");
    }

    private static IEnumerable<CheckupFinding> Order(string name, DetectorLook look)
    {
        if (look.AnyClass50 >= Math.Max(look.Precision50 + Gain, Factor * look.Precision50) && look.AnyClass50 >= 2 * Least)
        {
            yield return CheckupFinding.Warning(
                ClassCode, $"{name} has an mAP50 of {100 * look.Precision50:0.#} %, and of {100 * look.AnyClass50:0.#} % where classes don't count: its boxes are better than its classes.",
                "Give its class names in the order of its outputs, or see whether it means other things by them.");
        }
    }
}
