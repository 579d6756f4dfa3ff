using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Images that detectors are measured on, as they are stored, with COCO's protocol.</summary>
internal sealed class HeldOutScenes(DetectionData data, IReadOnlyList<string> classNames, int batch, Device device)
{
    /// <summary>Boxes scored lower don't count. COCO's measure looks at sure and unsure boxes alike, so that it must be far below what is of use at prediction.</summary>
    public const float ScoreThreshold = .001f;

    /// <summary>A model's own way to thin out its boxes, with that threshold.</summary>
    public static Suppression Measuring(Suppression suppression) => suppression with { ScoreThreshold = ScoreThreshold };

    /// <param name="detect">Given pixels, RGB 0…255, float N×3×H×W, and their places in the source data: of each image what is found, in pixels of the input.</param>
    public DetectionMetrics Measure(Func<Tensor, int[], IReadOnlyList<DetectedObject[]>> detect, CancellationToken cancellation)
    {
        var images = new EvaluatedImage[data.Count];
        StoredBatches.Visit(
            data.Pixels, [.. Enumerable.Range(0, data.Count)], batch, device,
            (pixels, rows, _) =>
            {
                var found = detect(pixels, [.. rows.Select(data.Pixels.Place)]);
                for (var i = 0; i < rows.Length; i++)
                    images[rows[i]] = new EvaluatedImage(Objects(rows[i]), [.. found[i].Select(item => OnImage(item, data.Boxes.Letterbox(rows[i]))).Where(item => item is { Width: > 0, Height: > 0 })]);
            },
            cancellation);
        return CocoEvaluation.Evaluate(classNames, images);
    }

    private TrueObject[] Objects(int row)
    {
        var classes = data.Boxes.Classes(row);
        var boxes = data.Boxes.Boxes(row);
        var objects = new TrueObject[classes.Length];
        for (var i = 0; i < objects.Length; i++)
            objects[i] = new TrueObject(classes[i], boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2] - boxes[4 * i], boxes[4 * i + 3] - boxes[4 * i + 1]);
        return objects;
    }

    // What of a box lies in the padding is cut off, and a box of which nothing is left is dropped, as at prediction.
    private static DetectedObject OnImage(DetectedObject item, Letterbox image)
    {
        var (x0, x1) = (Math.Clamp(item.X, image.X, image.X + image.Width), Math.Clamp(item.X + item.Width, image.X, image.X + image.Width));
        var (y0, y1) = (Math.Clamp(item.Y, image.Y, image.Y + image.Height), Math.Clamp(item.Y + item.Height, image.Y, image.Y + image.Height));
        return item with { X = x0, Y = y0, Width = x1 - x0, Height = y1 - y0 };
    }
}
