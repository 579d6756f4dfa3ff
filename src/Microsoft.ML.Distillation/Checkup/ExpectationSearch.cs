using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Checkup;

/// <summary>
/// Finds out whether a teacher is looked at in the right way: the change of normalisation, channel order or class order that makes it right on most images is taken, if
/// that is clearly more than without, and the search goes on from there.
/// </summary>
/// <param name="predict">For a normalisation (null for the teacher's own) and an order of channels the most likely class of each image.</param>
/// <param name="labels">The images' classes, from 0.</param>
/// <param name="classes">How many classes there are.</param>
/// <param name="normalizations">Those to try; empty where the teacher leaves no choice.</param>
/// <param name="swap">Whether to try red and blue swapped.</param>
internal sealed class ExpectationSearch(
    Func<ImageNormalization?, bool, int[]> predict, IReadOnlyList<int> labels, int classes, IReadOnlyList<ImageNormalization> normalizations, bool swap)
{
    /// <summary>How much more must be right before pixels are said to be prepared wrongly.</summary>
    public const double PixelTolerance = .05;

    /// <summary>A teacher that is right on so many is looked at in the right way: nothing could be clearly better.</summary>
    public const double Enough = 1 - PixelTolerance;

    /// <summary>Share of images a teacher must be right on with a change, so that one which knows nothing is not found to know it in another order: three times chance, and half at most.</summary>
    private readonly double _floor = Math.Min(.5, 3.0 / classes);

    /// <summary>Changes this close to the best explain what is seen as well as it does.</summary>
    private const double Close = .02;

    public const string NormalizationCode = "normalization", ChannelCode = "channel-order", ClassCode = "class-order";

    private readonly Dictionary<(ImageNormalization?, bool), int[]> _predicted = [];

    /// <summary>Accuracy under what was tried with the order of classes as given.</summary>
    public IEnumerable<(ImageNormalization? Normalization, bool Swapped, double Accuracy)> Tried =>
        _predicted.Select(p => (p.Key.Item1, p.Key.Item2, labels.Where((label, i) => p.Value[i] == label).Count() / (double)labels.Count));

    /// <returns>The changes, each on top of those before it; empty where the teacher is looked at in the right way.</returns>
    public IReadOnlyList<BetterExpectation> Run()
    {
        var found = new List<BetterExpectation>();
        var current = new Expectation();
        while (Share(Right(current)) < Enough)
        {
            IReadOnlyList<BetterExpectation> step = Best(current) is { } better ? [better] : Pair(current);
            if (step.Count == 0)
                break;
            found.AddRange(step);
            current = step[^1].Changed;
        }
        return found;
    }

    private BetterExpectation? Best(Expectation current)
    {
        var found = Moves(current).Select(move => Judge(current, move.Code, move.Changed)).OfType<BetterExpectation>().OrderByDescending(b => b.After - b.Before).ToList();
        if (found.Count == 0)
            return null;
        var rival = found.Skip(1).FirstOrDefault(b => b.Code != found[0].Code && found[0].After - found[0].Before - (b.After - b.Before) <= Close);
        return found[0] with { Rival = rival?.Code };
    }

    /// <summary>Pixels prepared wrongly and classes in another order: with one of them put right a teacher may still be right on nothing.</summary>
    private IReadOnlyList<BetterExpectation> Pair(Expectation current)
    {
        if (current.Order is not null)
            return [];
        var pairs = Moves(current).Where(move => move.Code != ClassCode)
            .Select(move => (move.Code, Better: Judge(current, ClassCode, move.Changed with { Order = Fit(Predicted(move.Changed)) })))
            .Where(p => p.Better is not null).ToList();
        if (pairs.Count == 0)
            return [];
        var (code, better) = pairs.MaxBy(p => p.Better!.After);
        return [better! with { Code = code, Together = true }, better with { Together = true }];
    }

    private IEnumerable<(string Code, Expectation Changed)> Moves(Expectation current)
    {
        foreach (var other in current.Normalization is null ? normalizations : [])
            yield return (NormalizationCode, current with { Normalization = other });
        if (swap && !current.Swapped)
            yield return (ChannelCode, current with { Swapped = true });
        if (current.Order is null)
            yield return (ClassCode, current with { Order = Fit(Predicted(current)) });
    }

    private BetterExpectation? Judge(Expectation current, string code, Expectation changed)
    {
        var (now, then) = (Right(current), Right(changed));
        if (changed.Order is not null)
            (now, then) = (Odd(now), Odd(then));
        var least = code == ClassCode ? ClassOrderCheck.Tolerance : PixelTolerance;
        return Share(then) >= _floor && Evidence.IsClearlyBetter(then, now, least) ? new BetterExpectation(code, Share(now), Share(then), changed, null) : null;
    }

    /// <summary>The order that fits the even rows best; the odd ones are there to judge it.</summary>
    private int[] Fit(int[] predicted)
    {
        var counts = new long[classes, classes];
        for (var i = 0; i < predicted.Length; i += 2)
            counts[labels[i], predicted[i]]++;
        return Assignment.Best(counts);
    }

    private bool[] Right(Expectation expectation)
    {
        var predicted = Predicted(expectation);
        return [.. labels.Select((label, i) => predicted[i] == (expectation.Order?[label] ?? label))];
    }

    private int[] Predicted(Expectation expectation)
    {
        var key = (expectation.Normalization, expectation.Swapped);
        if (!_predicted.TryGetValue(key, out var predicted))
            _predicted.Add(key, predicted = predict(expectation.Normalization, expectation.Swapped));
        return predicted;
    }

    private static bool[] Odd(bool[] rows) => [.. rows.Where((_, i) => i % 2 == 1)];

    private static double Share(bool[] rows) => rows.Length == 0 ? 1 : rows.Count(r => r) / (double)rows.Length;
}
