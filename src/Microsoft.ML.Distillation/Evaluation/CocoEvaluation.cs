using static Microsoft.ML.Distillation.Evaluation.CocoProtocol;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>
/// The COCO evaluation of boxes on plain records, as the COCO API's own: what the door for data views and the training loop both call.
/// </summary>
/// <remarks>Lin et al.: "Microsoft COCO: common objects in context", 2014, https://arxiv.org/abs/1405.0312; protocol: https://cocodataset.org/#detection-eval.</remarks>
internal static class CocoEvaluation
{
    /// <param name="classNames">Names of the classes, which the records count from 0.</param>
    /// <param name="images">Each image once; their order decides between equal scores in different images.</param>
    public static DetectionMetrics Evaluate(IReadOnlyList<string> classNames, IReadOnlyList<EvaluatedImage> images)
    {
        var objects = new ClassGroups<TrueObject>(images, classNames.Count, image => image.Objects, item => item.Class);
        var detections = new ClassGroups<DetectedObject>(images, classNames.Count, image => image.Detections, item => item.Class);
        var results = new CocoClassResult[classNames.Count];
        Parallel.For(0, results.Length, @class => results[@class] = CocoClassResult.Of(CocoRanking.Of(objects, detections, @class)));
        return Summarise(classNames, images.Count, results);
    }

    private static DetectionMetrics Summarise(IReadOnlyList<string> classNames, int images, CocoClassResult[] results)
    {
        var precision = Array.ConvertAll(AreaRanges, _ => 0.0);
        var recall = Array.ConvertAll(AreaRanges, _ => 0.0);
        for (var area = 0; area < AreaRanges.Length; area++)
        {
            precision[area] = Mean(results, r => r.AveragePrecision[area].Average());
            recall[area] = Mean(results, r => r.Recall[area].Average());
        }
        return new DetectionMetrics
        {
            Images = images,
            MeanAveragePrecision = precision[AnyArea],
            MeanAveragePrecision50 = Mean(results, r => r.AveragePrecision[AnyArea][At50]),
            MeanAveragePrecision75 = Mean(results, r => r.AveragePrecision[AnyArea][At75]),
            MeanAveragePrecisionSmall = precision[Small],
            MeanAveragePrecisionMedium = precision[Medium],
            MeanAveragePrecisionLarge = precision[Large],
            AverageRecall1 = Mean(results, r => r.LimitedRecall[0].Average()),
            AverageRecall10 = Mean(results, r => r.LimitedRecall[1].Average()),
            AverageRecall100 = recall[AnyArea],
            AverageRecallSmall = recall[Small],
            AverageRecallMedium = recall[Medium],
            AverageRecallLarge = recall[Large],
            PerClass = [.. classNames.Zip(results, (name, result) => new ClassDetectionMetrics(name, result))],
        };
    }

    /// <summary>The mean over classes that have such objects; NaN if none has.</summary>
    private static double Mean(CocoClassResult[] results, Func<CocoClassResult, double> value)
    {
        var (sum, count) = (0.0, 0);
        foreach (var result in results)
        {
            if (value(result) is var v && !double.IsNaN(v))
                (sum, count) = (sum + v, count + 1);
        }
        return count == 0 ? double.NaN : sum / count;
    }
}
