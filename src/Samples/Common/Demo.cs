using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common.Drawing;
using Samples.Common.Images;

namespace Samples.Common;

/// <summary>Images and a teacher for whoever brings none: drawn and trained once, then kept under the sample's output.</summary>
internal static class Demo
{
    private const int Seed = 1;
    private const int Images = 2000, TestImages = 500, FewestImages = 40, FewestTestImages = 20, ClassifierEpochs = 10;
    private const int Scenes = 300, TestScenes = 100, FewestScenes = 8, DetectorEpochs = 30;

    /// <returns>A folder of drawings, <c>train/CLASS/</c> and <c>test/CLASS/</c>, and the file of a classifier that was trained on them.</returns>
    public static (string Folder, string Teacher) Classification(string output, CancellationToken cancellation)
    {
        var display = new ProgressDisplay();
        var folder = ShapeFiles.Once(output, Seed, DemoShare.Of(Images, FewestImages), DemoShare.Of(TestImages, FewestTestImages), display.Say, cancellation);
        return (folder, Once(folder + ".onnx", path =>
        {
            var ml = new MLContext(Seed);
            var dataset = DatasetReader.Read(folder, "drawn shapes", Seed);
            var views = new DatasetViews(ml, dataset);
            using var teacher = display.Run("Training a teacher", progress => ml.DistillImageClassification(new ImageClassificationDistillationOptions
            {
                Student = ImageClassifier.ResNet20, Epochs = DemoShare.Of(ClassifierEpochs), BatchSize = 32, Progress = progress, CancellationToken = cancellation,
            }).Fit(views.WithImages(dataset.Train)));
            teacher.SaveAsOnnx(path);
        }));
    }

    /// <param name="size">Of the detector's input. Small ones, and scenes that are plain, make it good enough to learn from after a minute or two.</param>
    /// <returns>A folder of scenes, <c>train/</c> and <c>test/</c> with a COCO file each, and the file of a detector that was trained on them.</returns>
    public static (string Folder, string Teacher) Detection(string output, ImageSize size, CancellationToken cancellation)
    {
        var display = new ProgressDisplay();
        var folder = SceneFiles.PlainOnce(output, Seed, DemoShare.Of(Scenes, FewestScenes), DemoShare.Of(TestScenes, FewestScenes), display.Say, cancellation);
        return (folder, Once(FormattableString.Invariant($"{folder}-{size.Width}.onnx"), path =>
        {
            var ml = new MLContext(Seed);
            var rows = ml.LoadCocoAnnotations(Path.Combine(folder, "train", SceneFiles.Annotations));
            var pipeline = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.LoadImages("Image", "", "ImagePath"));
            using var teacher = display.Run("Training a teacher", progress => ml.DistillObjectDetection(new ObjectDetectionDistillationOptions
            {
                Student = ObjectDetector.YoloV5s,
                ImageSize = size,
                Epochs = DemoShare.Of(DetectorEpochs),
                BatchSize = 8,
                Optimizer = new AdamWOptions { LearningRate = .001 },
                Augmentation = new DetectionAugmentation { Mosaic = 0 },
                Progress = progress,
                CancellationToken = cancellation,
            }).Fit(pipeline.Fit(rows).Transform(rows)));
            teacher.SaveAsOnnx(path);
        }));
    }

    // One that has its name is complete.
    private static string Once(string path, Action<string> make)
    {
        if (!File.Exists(path))
        {
            make(path + ".partial");
            File.Move(path + ".partial", path);
        }
        return path;
    }
}
