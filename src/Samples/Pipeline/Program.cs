using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;

if (args.Length != 0 && (args.Length != 2 || !Directory.Exists(args[0]) || !File.Exists(args[1])))
{
    Console.Error.WriteLine("Usage: build/sample.sh Pipeline [FOLDER TEACHER.onnx]     (FOLDER holds train/CLASS/… and test/CLASS/… images; without them the sample draws its own, in artifacts/pipeline)");
    return 2;
}
if (args.Length == 0)
    Directory.SetCurrentDirectory(Directory.CreateDirectory(OutputFolder.Default("pipeline")).FullName);
var (folder, teacherFile) = args is [var given, var file] ? (given, file) : Demo.Classification(".", CancellationToken.None);

// <readme>
var ml = new MLContext(seed: 1);
var train = ml.Data.LoadFromEnumerable(Images(Path.Combine(folder, "train")));
var test = ml.Data.LoadFromEnumerable(Images(Path.Combine(folder, "test")));

var keys = ml.Transforms.Conversion.MapValueToKey("Label").Fit(train);
var pipeline = ml.Transforms.LoadImages("Image", imageFolder: "", "Path")
    .Append(ml.DistillImageClassification(new ImageClassificationDistillationOptions
    {
        Teacher = OnnxTeacher.FromFile(teacherFile),    // takes it that pixels are normalised as for ImageNet, unless the file or you say otherwise
        Student = ImageClassifier.ResNet20,
        Methods = { new KnowledgeDistillation { Temperature = 4, Alpha = .9 } },
    }))
    .Append(ml.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"));

var student = pipeline.Fit(keys.Transform(train));
var metrics = ml.MulticlassClassification.Evaluate(student.Transform(keys.Transform(test)));
ml.Model.Save(student, train.Schema, "student.zip");    // loads with stock ML.NET packages: no TorchSharp, no libtorch

var model = ml.Model.Load("student.zip", out _);
var predictor = ml.Model.CreatePredictionEngine<Picture, Prediction>(model);
var prediction = predictor.Predict(Images(Path.Combine(folder, "test")).First());
Console.WriteLine($"{metrics.MicroAccuracy:P1} of the test images are right; the first is a {prediction.Name} ({prediction.Score.Max():P0}).");
// </readme>
return 0;

static IEnumerable<Picture> Images(string folder) =>
    Directory.GetDirectories(folder).Order().SelectMany(label => Directory.GetFiles(label).Order().Select(path => new Picture { Path = path, Label = Path.GetFileName(label) }));

internal sealed class Picture
{
    public string Path { get; set; } = "";
    public string Label { get; set; } = "";
}

internal sealed class Prediction
{
    public string Name { get; set; } = "";
    public float[] Score { get; set; } = [];
}
