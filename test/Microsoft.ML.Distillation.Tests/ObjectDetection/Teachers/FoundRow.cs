using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers;

/// <summary>An image with what is on it, and what somebody found there: for a model that does no more than hand that on.</summary>
internal sealed class FoundRow
{
    [AnySizeImage]
    public MLImage? Image { get; set; }

    public string[] Label { get; set; } = [];

    public float[] BoundingBoxes { get; set; } = [];

    public string[] Seen { get; set; } = [];

    public float[] Sure { get; set; } = [];

    public float[] Where { get; set; } = [];

    public static FoundRow Of(int width, int height, (string Class, float[] Box)[] objects, params (string Class, float Score, float[] Box)[] found) => new()
    {
        Image = Scenes.Image(width, height),
        Label = [.. objects.Select(o => o.Class)],
        BoundingBoxes = [.. objects.SelectMany(o => o.Box)],
        Seen = [.. found.Select(f => f.Class)],
        Sure = [.. found.Select(f => f.Score)],
        Where = [.. found.SelectMany(f => f.Box)],
    };

    /// <summary>The rows, their labels as keys in the order of <see cref="Scenes.Classes"/>.</summary>
    public static IDataView View(MLContext ml, params FoundRow[] rows)
    {
        var data = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("Label", keyData: Keys(ml, Scenes.Classes)).Fit(data).Transform(data);
    }

    /// <summary>A model whose predictions are columns of its rows.</summary>
    /// <param name="classes">Of its keys, in their order; null for text.</param>
    public static ITransformer Model(MLContext ml, IDataView rows, params string[]? classes)
    {
        var score = ml.Transforms.CopyColumns("Score", nameof(Sure)).Append(ml.Transforms.CopyColumns("PredictedBoundingBoxes", nameof(Where)));
        return classes is null
            ? score.Append(ml.Transforms.CopyColumns("PredictedLabel", nameof(Seen))).Fit(rows)
            : score.Append(ml.Transforms.Conversion.MapValueToKey("PredictedLabel", nameof(Seen), keyData: Keys(ml, classes))).Fit(rows);
    }

    private static IDataView Keys(MLContext ml, string[] classes) => ml.Data.LoadFromEnumerable(classes.Select(c => new ClassRow { Name = c }));

    private sealed class ClassRow
    {
        public string Name { get; set; } = "";
    }
}
