using System.Text.Json.Nodes;
using Microsoft.ML.Distillation;

namespace Samples.ObjectDetection;

/// <summary>What the teacher brought over all seeds, in mean average precision (mAP 50:95).</summary>
internal sealed class Gains(IReadOnlyList<SeedResult> seeds, int images)
{
    // Of detectors the mean and its interval hold as of classifiers; the noise of the images, which is that of shares of right answers, does not.
    private readonly BaselineComparison _comparison = BaselineComparison.Of([.. seeds.Select(seed => new SeedGain(seed.Seed, seed.Alone.Precision, seed.Distilled.Precision))], images);

    /// <summary>Null with too few seeds to say anything.</summary>
    public string? Text => _comparison.Interval is not { } interval ? null : FormattableString.Invariant(
        $"{Verdict(interval)}: mAP changed by {Points(_comparison.MeanGain)} points on {images} test images, the mean of {seeds.Count} seeds, with a 95 % interval of {Points(interval.Low)} to {Points(interval.High)}.");

    /// <summary>Adds what compares the two students to a report of one.</summary>
    public void AddTo(JsonObject report)
    {
        report["seeds"] = new JsonArray([.. seeds.Select(seed => (JsonNode)seed.Seed)]);
        report["gains"] = new JsonArray([.. seeds.Select(seed => (JsonNode)seed.Gain)]);
        if (_comparison.Interval is { } interval)
            report["verdict"] = new JsonObject { ["text"] = Text, ["gain"] = _comparison.MeanGain, ["interval"] = new JsonArray(interval.Low, interval.High) };
    }

    private static string Verdict((double Low, double High) interval)
        => interval.Low > 0 ? "Distillation helped" : interval.High < 0 ? "Distillation hurt" : "No evidence that distillation helped or hurt";

    private static string Points(double share) => FormattableString.Invariant($"{100 * share:+0.00;-0.00;0.00}");
}
