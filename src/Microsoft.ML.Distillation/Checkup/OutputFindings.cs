namespace Microsoft.ML.Distillation.Checkup;

/// <summary>Whether a teacher's softened outputs say more than the label and less than nothing in particular, and at which temperature.</summary>
internal static class OutputFindings
{
    /// <summary>Temperatures that the report tells of.</summary>
    public static readonly double[] Sweep = [1, 2, 4, 8, 16, 32];

    /// <summary>All that are measured, so that the best one for outputs of any scale is among them.</summary>
    public static readonly double[] Grid = [.125, .25, .5, .. Sweep, 64, 128, 256];

    private const string Code = "outputs", TemperatureCode = "temperature";

    /// <summary>Below this share of the largest entropy outputs are all but hard labels.</summary>
    private const double Saturated = .05;

    /// <summary>This close to uniform, in nats, the classes can't be told apart.</summary>
    private const double Flat = .01;

    /// <summary>A teacher this much surer in what it gets right than in what it says, with that share of the largest entropy, most likely has another scale of scores.</summary>
    private const double Underconfidence = .2, SpreadOut = .8;

    /// <param name="outputs">Measured at least at <see cref="Grid"/> and the methods' temperatures.</param>
    /// <param name="accuracy">Share of images the teacher is right on; null without labels.</param>
    /// <param name="methods">Methods that soften its outputs, with their temperatures.</param>
    public static IEnumerable<CheckupFinding> Of(string teacher, IReadOnlyList<SoftenedOutputs> outputs, double? accuracy, IReadOnlyList<(string Method, double Temperature)> methods)
    {
        var one = At(outputs, 1);
        var best = outputs.Where(o => Grid.Contains(o.Temperature)).MinBy(o => Math.Abs(o.Share - .5))!.Temperature;
        var sweep = string.Join(", ", Sweep.Select(t => FormattableString.Invariant($"{t} → {At(outputs, t).Share:0.000}")));
        var measured = FormattableString.Invariant(
            $"{teacher} is sure with probability {one.Highest:0.000} on average; entropy of its outputs, as a share of ln C = {one.MostEntropy:0.00}, by temperature: {sweep}.");
        if (accuracy - one.Highest > Underconfidence && one.Share > SpreadOut)
        {
            yield return new CheckupFinding(Code, CheckupSeverity.Warning, measured, FormattableString.Invariant(
                $"It is right on {100 * accuracy:0.#} % and as good as undecided: if its scores are probabilities, say so (ScoreKind.Probabilities); else take a temperature near {best}."));
            yield break;
        }
        yield return new CheckupFinding(Code, CheckupSeverity.Info, measured);
        foreach (var (method, temperature) in methods)
        {
            if (Judge(method, At(outputs, temperature), best) is { } finding)
                yield return finding;
        }
    }

    private static CheckupFinding? Judge(string method, SoftenedOutputs outputs, double best)
    {
        if (outputs.Share < Saturated && best > outputs.Temperature)
            return CheckupFinding.Warning(
                TemperatureCode, $"At {method}'s temperature {outputs.Temperature} the teacher's outputs are all but hard labels: their entropy is {outputs.Share:0.000} of the largest there can be, their highest probability {outputs.Highest:0.000}.",
                FormattableString.Invariant($"Raise the temperature; near {best} they tell how alike the classes are."));
        if (outputs.MostEntropy - outputs.Entropy < Flat && best < outputs.Temperature)
            return CheckupFinding.Warning(
                TemperatureCode, $"At {method}'s temperature {outputs.Temperature} the teacher's outputs are all but uniform: they are {outputs.MostEntropy - outputs.Entropy:0.0000} nats from telling all classes alike.",
                FormattableString.Invariant($"Lower the temperature; near {best} they tell the classes apart."));
        return null;
    }

    private static SoftenedOutputs At(IReadOnlyList<SoftenedOutputs> outputs, double temperature) => outputs.First(o => o.Temperature == temperature);
}
