using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Checkup;

/// <summary>Whether a teacher's pixels and classes are what it is told they are.</summary>
internal static class ExpectationFindings
{
    private const int NamesShown = 100;

    /// <param name="teacher">A single teacher; an ensemble is looked at member by member.</param>
    public static IEnumerable<CheckupFinding> Of(OpenedTeacher teacher, TeacherSample sample, IReadOnlyList<string> classes)
    {
        var own = teacher.Session.LooksAtPixels ? teacher.Teacher.AssumedNormalization : null;
        var others = own is null ? [] : ImageNormalization.Presets.Where(p => !Same(p, own)).ToList();
        var search = new ExpectationSearch((other, swapped) => sample.Predict(teacher, Change(own, other, swapped)), sample.Labels, classes.Count, others, swap: own is not null);
        var found = search.Run();
        var tried = search.Tried.Select(t => FormattableString.Invariant($"{Name(t.Normalization ?? own, t.Swapped)} {100 * t.Accuracy:0.#} %")).ToList();
        if (found.Count == 0)
        {
            if (own is not null)
                yield return CheckupFinding.Info(ExpectationSearch.NormalizationCode, $"{teacher.Name} is right on {sample.Count} images with: {string.Join(", ", tried)}.");
            yield break;
        }
        foreach (var better in found)
            yield return Finding(teacher, better, tried, sample.Count, classes);
    }

    private static PixelChange? Change(ImageNormalization? own, ImageNormalization? other, bool swapped) =>
        own is null || (other is null && !swapped) ? null : new PixelChange(own, other ?? own, swapped);

    private static CheckupFinding Finding(OpenedTeacher teacher, BetterExpectation better, List<string> tried, int images, IReadOnlyList<string> classes)
    {
        var names = better.Code == ExpectationSearch.ClassCode ? Names(better.Changed.Order!, teacher.ClassNames, classes) : null;
        var (what, remedy) = better.Code switch
        {
            ExpectationSearch.NormalizationCode => (
                $"with the normalisation {better.Changed.Normalization} (of {images} images: {string.Join(", ", tried)})", $"Give it ImageNormalization.{better.Changed.Normalization} as its normalisation."),
            ExpectationSearch.ChannelCode => ("with red and blue swapped", teacher.Teacher.ChannelRemedy),
            _ => ("with its classes in another order", $"Give its class names in the order of its outputs; judged by these images they are: {Shown(names!)}."),
        };
        var rival = better.Rival switch
        {
            null => "",
            ExpectationSearch.NormalizationCode => " Another normalisation would explain it as well.",
            ExpectationSearch.ChannelCode => " Swapped channels would explain it as well.",
            _ => " Another order of its classes would explain it as well.",
        };
        var together = better.Together ? " Two such changes do it together." : "";
        return CheckupFinding.Warning(better.Code, $"{teacher.Name} is right on {100 * better.Before:0.#} %, and on {100 * better.After:0.#} % {what}.{rival}{together}", remedy) with
        {
            Normalization = better.Code == ExpectationSearch.NormalizationCode ? better.Changed.Normalization : null,
            ClassNames = names,
        };
    }

    /// <summary>The names its outputs should have, in their own order.</summary>
    /// <param name="order">For each class of the labels the output, in the labels' order, that stands for it.</param>
    /// <param name="given">The names its outputs have; null where their order is taken for the labels'.</param>
    private static string[] Names(int[] order, IReadOnlyList<string>? given, IReadOnlyList<string> classes)
    {
        var right = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var c = 0; c < order.Length; c++)
            right.Add(classes[order[c]], classes[c]);
        // What the labels don't know stays as it is.
        return [.. (given ?? classes).Select(name => right.GetValueOrDefault(name, name))];
    }

    private static string Shown(string[] names) => string.Join(", ", names.Take(NamesShown)) + (names.Length > NamesShown ? $", … ({names.Length} in all)" : "");

    private static string Name(ImageNormalization? normalization, bool swapped) => $"{normalization?.ToString() ?? "as it is"}{(swapped ? ", red and blue swapped," : "")}";

    private static bool Same(ImageNormalization a, ImageNormalization b) => a.Mean.SequenceEqual(b.Mean) && a.Deviation.SequenceEqual(b.Deviation);
}
