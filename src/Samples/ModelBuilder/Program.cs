using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.Common.Drawing;
using Samples.ModelBuilder;

const string Usage = """
    Usage: build/sample.sh ModelBuilder [classification TRAIN TEST TEACHER.onnx | detection TRAIN.json TEST.json TEACHER.onnx [EPOCHS]]
      TRAIN and TEST are folders of class-named folders, TRAIN.json and TEST.json annotations by VoTT or in COCO's format with the images beside.
      Models are written to the folder it is started in. Without arguments it draws images, trains teachers and does both, in artifacts/modelbuilder.
    """;

return Command.Run(cancellation =>
{
    switch (args)
    {
        case ["classification", var train, var test, var teacher]:
            Pictures(train, test, teacher);
            break;
        case ["detection", var train, var test, var teacher]:
            Objects(train, test, teacher);
            break;
        case ["detection", var train, var test, var teacher, var epochs] when int.TryParse(epochs, out var given) && given > 0:
            ObjectModel.MaxEpoch = given;
            Objects(train, test, teacher);
            break;
        case []:
            Directory.SetCurrentDirectory(Directory.CreateDirectory(OutputFolder.Default("modelbuilder")).FullName);
            // Not before: the project's own model file lies in the folder that is the current one when its class is first used.
            ObjectModel.MaxEpoch = DemoShare.Of(ObjectModel.MaxEpoch);
            var (pictures, classifier) = Demo.Classification(".", cancellation);
            Pictures(Path.Combine(pictures, "train"), Path.Combine(pictures, "test"), classifier);
            var (scenes, detector) = Demo.Detection(".", new ImageSize(ObjectModel.TrainingImageWidth, ObjectModel.TrainingImageHeight), cancellation);
            Objects(Path.Combine(scenes, "train", SceneFiles.Annotations), Path.Combine(scenes, "test", SceneFiles.Annotations), detector);
            break;
        default:
            throw new OptionException(Usage);
    }
});

static void Pictures(string train, string test, string teacher)
{
    PictureModel.TeacherFilePath = teacher;
    Console.WriteLine("Training PictureModel.mlnet.");
    PictureModel.Train("PictureModel.mlnet", train);
    Console.WriteLine($"PictureModel.mlnet: {PictureModel.Evaluate("PictureModel.mlnet", test).MicroAccuracy:P1} of the test images are right.");
    var image = Directory.EnumerateFiles(test, "*.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
    Console.WriteLine($"{Path.GetRelativePath(test, image)}: {string.Join(", ", PictureModel.PredictAllLabels(new() { ImageSource = File.ReadAllBytes(image) }).Select(label => $"{label.Key} {label.Value:P0}"))}");
}

static void Objects(string train, string test, string teacher)
{
    ObjectModel.TeacherFilePath = teacher;
    Console.WriteLine($"Training ObjectModel.mlnet, {ObjectModel.MaxEpoch} epochs.");
    ObjectModel.Train("ObjectModel.mlnet", train);
    Console.WriteLine($"ObjectModel.mlnet: mAP50 {ObjectModel.Evaluate("ObjectModel.mlnet", test).MeanAveragePrecision50:P1} on the test images.");
    var path = Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(test))!).Where(file => Path.GetExtension(file) is ".png" or ".jpg").Order(StringComparer.Ordinal).First();
    using var image = MLImage.CreateFromFile(path);
    var found = ObjectModel.Predict(new() { Image = image });
    Console.WriteLine($"{Path.GetFileName(path)}, {image.Width}×{image.Height}: {found.Score.Length} objects");
    for (var i = 0; i < found.Score.Length; i++)
        Console.WriteLine($"  {found.PredictedLabel[i]} {found.Score[i]:P0} at {string.Join(' ', found.PredictedBoundingBoxes.Skip(4 * i).Take(4).Select(edge => $"{edge:0}"))}");
}
