namespace Microsoft.ML.Distillation.Reports;

/// <summary>What smaller numbers did to the student.</summary>
internal static class QuantizationSection
{
    public static Html Write(TrainingReport report)
    {
        if (report.Quantization is not { } small)
            return Html.None;
        var detector = small.FloatMeanAveragePrecision is not null || small.FloatMeanAveragePrecision50 is not null;
        var quality = new Html(detector ? "<th>mAP 50</th><th>mAP 50:95</th>" : "<th>Accuracy</th>");
        return ReportPage.Section("quantised", "In smaller numbers", Html.Of($"""
            <div class="wide"><table><thead><tr><th>Model</th>{quality}<th>File</th><th>One image</th></tr></thead><tbody>
            <tr><td>{ReportPage.StudentName(report)}, float32</td>{Quality(detector, small.FloatAccuracy, small.FloatMeanAveragePrecision50, small.FloatMeanAveragePrecision)}<td>{Text.Bytes(small.FloatModelBytes)}</td><td>{Text.Milliseconds(small.FloatLatencyMs)}</td></tr>
            <tr><td>{small.Kind}</td>{Quality(detector, small.Accuracy, small.MeanAveragePrecision50, small.MeanAveragePrecision)}<td>{Text.Bytes(small.ModelBytes)}</td><td>{Text.Milliseconds(small.LatencyMs)}</td></tr>
            </tbody></table></div>
            <p class="soft">{Note(small)}</p>
            """));
    }

    private static Html Quality(bool detector, double? accuracy, double? precision50, double? precision) => detector
        ? Html.Of($"<td>{Text.Percent(precision50)}</td><td>{Text.Percent(precision)}</td>")
        : Html.Of($"<td>{Text.Percent(accuracy)}</td>");

    private static string Note(QuantizationReport small)
    {
        var layers = $"{small.QuantizedLayers} of {small.Layers} layers with weights are in smaller numbers ({small.Settings}).";
        var agreement = small.Agreement is { } share ? $" Both agree on {Text.Percent(share)} of the images." : "";
        return small.EvaluationImages is { } images ? $"{layers} Measured on {Text.Count(images)} images.{agreement}" : layers;
    }
}
