using Microsoft.ML;
using Microsoft.ML.Distillation;
using Microsoft.ML.TorchSharp;
using Samples.Common;
using Samples.Common.Drawing;

const string Usage = """
    Usage: build/sample.sh AutoFormerTeacher [TRAIN.json TEST.json [TEACHER-EPOCHS [EPOCHS]]]
      ML.NET's own object detector (AutoFormerV2, whose weights it downloads) learns from TRAIN.json, annotations in COCO's format with the images beside, and teaches a small one what it finds.
      The student is written to the folder it is started in. Without arguments the sample draws scenes, in artifacts/autoformer.
    """;
const int TeacherEpochs = 10, StudentEpochs = 30, Side = 320;

return Command.Run(cancellation =>
{
    if (args.Length is 1 or > 4)
        throw new OptionException(Usage);
    var (train, test) = args.Length == 0 ? Drawn(cancellation) : (args[0], args[1]);
    var arguments = new Arguments();
    var teacherEpochs = args.Length > 2 ? arguments.Whole("TEACHER-EPOCHS", args[2], 1) : DemoShare.Of(TeacherEpochs);
    var epochs = args.Length > 3 ? arguments.Whole("EPOCHS", args[3], 1) : DemoShare.Of(StudentEpochs);
    arguments.RequireNoFaults();
    Run(train, test, teacherEpochs, epochs, cancellation);
});

static void Run(string trainFile, string testFile, int teacherEpochs, int epochs, CancellationToken cancellation)
{
    var ml = new MLContext(seed: 1);
    var display = new ProgressDisplay();
    var rows = ml.LoadCocoAnnotations(trainFile);
    var preparation = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.LoadImages("Image", "", "ImagePath")).Fit(rows);
    var (train, test) = (preparation.Transform(rows), preparation.Transform(ml.LoadCocoAnnotations(testFile)));
    var size = new ImageSize(Side, Side);

    display.Say($"Training ML.NET's detector, {teacherEpochs} epochs.");
    var autoFormer = ml.MulticlassClassification.Trainers.ObjectDetection(
        labelColumnName: "Label", predictedLabelColumnName: "PredictedLabel", scoreColumnName: "Score", boundingBoxColumnName: "BoundingBoxes",
        predictedBoundingBoxColumnName: "PredictedBoundingBoxes", imageColumnName: "Image", maxEpoch: teacherEpochs).Fit(train);
    var teacher = new TransformerDetectorTeacher(autoFormer, new TransformerDetectorTeacherOptions { Name = "AutoFormerV2" });

    using var student = display.Run("Training the student on what it finds", progress => ml.DistillObjectDetection(new ObjectDetectionDistillationOptions
    {
        Teacher = teacher,
        // Any ML.NET model with these columns gives boxes alone: they are added to the annotations where these have none.
        PseudoLabels = new PseudoLabelOptions { AddMissing = true },
        Student = ObjectDetector.YoloV5n,
        ImageSize = size,
        Epochs = epochs,
        Schedule = new WarmUpCosine { WarmUpEpochs = Math.Min(3, epochs - 1), FinalFactor = .01 },
        Progress = progress,
        CancellationToken = cancellation,
    }).Fit(train));

    ml.Model.Save(student, train.Schema, "student.zip");
    student.SaveAsOnnx("student.onnx");
    display.Say(FormattableString.Invariant($"mAP50 on the test images: teacher {ml.EvaluateTeacher(teacher, test, imageSize: size).MeanAveragePrecision50:P1}, student {ml.EvaluateObjectDetection(student, test).MeanAveragePrecision50:P1}."));
}

static (string Train, string Test) Drawn(CancellationToken cancellation)
{
    const int trainingScenes = 300, testScenes = 60, fewest = 8;
    Directory.SetCurrentDirectory(Directory.CreateDirectory(OutputFolder.Default("autoformer")).FullName);
    var folder = SceneFiles.Once(".", 1, DemoShare.Of(trainingScenes, fewest), DemoShare.Of(testScenes, fewest), Console.Out.WriteLine, cancellation);
    return (Path.Combine(folder, "train", SceneFiles.Annotations), Path.Combine(folder, "test", SceneFiles.Annotations));
}
