using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ML;

namespace Microsoft.ML.Distillation.Tests.Documents.Snippets;

/// <summary>What docs/ shows of object detection, and of serving models.</summary>
internal static class Detection
{
    internal sealed class Picture
    {
        public string ImagePath { get; set; } = "";
    }

    internal sealed class Found
    {
        public string[] Name { get; set; } = [];

        public float[] Score { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];
    }

    internal static void Train()
    {
        // <snippet>
        var ml = new MLContext(seed: 1);
        var data = ml.LoadCocoAnnotations("annotations.json", "images");
        var split = ml.Data.TrainTestSplit(data, testFraction: .2, seed: 1);
        var keys = ml.Transforms.Conversion.MapValueToKey("Label").Fit(data);
        var pipeline = ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath")
            .Append(ml.DistillObjectDetection(new ObjectDetectionDistillationOptions
            {
                Teacher = DetectorStudentTeacher.FromOnnx("yolov5s.onnx"),
                Student = ObjectDetector.YoloV5n,
                Methods = { new YoloFeatureDistillation() },
                ImageSize = new ImageSize(320, 320),
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"));
        var model = pipeline.Fit(keys.Transform(split.TrainSet));
        var metrics = ml.EvaluateObjectDetection(model, keys.Transform(split.TestSet));
        ml.Model.Save(model, data.Schema, "detector.zip");
        // </snippet>
        Console.WriteLine(metrics);
    }

    internal static ObjectDetectionDistillationOptions Labelled() =>
        // <snippet>
        new ObjectDetectionDistillationOptions
        {
            Teacher = OnnxDetectorTeacher.FromFile("yolov8m.onnx"),
            PseudoLabels = new PseudoLabelOptions { AddMissing = true, ScoreThreshold = .5 },
        }
        // </snippet>
        ;

    internal static ObjectDetectionDistillationOptions InEightBits() =>
        // <snippet>
        new ObjectDetectionDistillationOptions
        {
            Teacher = DetectorStudentTeacher.FromOnnx("yolov5s.onnx"),
            Methods = { new YoloFeatureDistillation() },
            QuantizationAware = new QuantizationAwareOptions { Epochs = 10 },
        }
        // </snippet>
        ;

    internal static void Predict()
    {
        // <snippet>
        var ml = new MLContext();
        var model = ml.Model.Load("detector.zip", out var schema);
        var engine = ml.Model.CreatePredictionEngine<Picture, Found>(model);
        var found = engine.Predict(new Picture { ImagePath = "street.jpg" });    // boxes in the pixels of the image itself
        // </snippet>
        Console.WriteLine($"{schema} {found}");
    }

    internal static void Bulk(MLContext ml, IDataView pictures)
    {
        // <snippet>
        using var scorer = ml.LoadBulkScorer("detector.zip", batchSize: 8);
        var found = ml.Data.CreateEnumerable<Found>(scorer.Transform(pictures), reuseRowObject: false).ToList();
        // </snippet>
        Console.WriteLine(found);
    }

    internal static void Serve(IServiceCollection services)
    {
        // <snippet>
        services.AddPredictionEnginePool<Picture, Found>().FromFile("detector.zip", watchForChanges: true);
        // </snippet>
    }
}
