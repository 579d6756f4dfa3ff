using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Documents.Snippets;

/// <summary>What docs/ shows of image classification.</summary>
internal static class Classification
{
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

    internal static void Start(string folder)
    {
        // <snippet>
        var ml = new MLContext(seed: 1);
        var pictures = Directory.GetDirectories(folder).SelectMany(label => Directory.GetFiles(label).Select(path => new Picture { Path = path, Label = Path.GetFileName(label) }));
        var data = ml.Data.LoadFromEnumerable(pictures.ToList());
        var split = ml.Data.TrainTestSplit(data, testFraction: .2, seed: 1);
        var keys = ml.Transforms.Conversion.MapValueToKey("Label").Fit(data);
        // </snippet>
        // <snippet>
        var pipeline = ml.Transforms.LoadImages("Image", imageFolder: "", "Path")
            .Append(ml.DistillImageClassification(new ImageClassificationDistillationOptions
            {
                Teacher = OnnxTeacher.FromFile("teacher.onnx", ImageNormalization.ImageNet),
                Student = ImageClassifier.ResNet20,
                Methods = { new KnowledgeDistillation() },
                Epochs = 10,
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"));
        var model = pipeline.Fit(keys.Transform(split.TrainSet));
        // </snippet>
        // <snippet>
        var metrics = ml.MulticlassClassification.Evaluate(model.Transform(keys.Transform(split.TestSet)));
        Console.WriteLine($"{metrics.MicroAccuracy:P1} of the test images are right.");
        ml.Model.Save(model, data.Schema, "student.zip");
        // </snippet>
        // <snippet>
        var student = model.OfType<ImageClassificationDistillationTransformer>().Single();
        student.SaveAsOnnx("student.onnx");
        student.Report.SaveAsHtml("report.html");
        // </snippet>
    }

    internal static void Check(MLContext ml, IDataView labelled, string[] classNames)
    {
        // <snippet>
        var teacher = OnnxTeacher.FromFile("teacher.onnx", ImageNormalization.ImageNet, classNames);
        var metrics = ml.EvaluateTeacher(teacher, labelled);
        foreach (var finding in ml.CheckTeacher(teacher, labelled))
            Console.WriteLine(finding);
        // </snippet>
        Console.WriteLine(metrics);
    }

    internal static Teacher Ensemble()
    {
        // <snippet>
        var several = new EnsembleTeacher(
            OnnxTeacher.FromFile("resnet50.onnx", ImageNormalization.ImageNet),
            StudentTeacher.FromOnnx("resnet56.onnx"))
        {
            Weights = [2, 1],
        };
        // </snippet>
        return several;
    }

    internal static ImageClassificationDistillationOptions Compared(Teacher teacher) =>
        // <snippet>
        new ImageClassificationDistillationOptions
        {
            Teacher = teacher,
            Methods = { new KnowledgeDistillation() },
            ValidationFraction = .2,
            CompareToBaseline = new BaselineComparisonOptions { Seeds = 3 },
        }
        // </snippet>
        ;

    internal static ImageClassificationDistillationOptions Composed(Teacher teacher) =>
        // <snippet>
        new ImageClassificationDistillationOptions
        {
            Teacher = teacher,
            Methods = { new KnowledgeDistillation(), new AttentionTransfer() },
        }
        // </snippet>
        ;

    internal static ImageClassificationDistillationOptions Again(Teacher better, CancellationToken stop) =>
        // <snippet>
        new ImageClassificationDistillationOptions
        {
            Student = ImageClassifier.FromOnnx("student.onnx"),      // goes on from the model in service
            Teacher = new EnsembleTeacher(better, StudentTeacher.FromOnnx("student.onnx")),
            Methods = { new KnowledgeDistillation() },
            CheckpointFolder = "checkpoints",                        // a run that was killed goes on
            CancellationToken = stop,
            OnCancellation = CancellationResult.ReturnBest,
        }
        // </snippet>
        ;

    internal static void Predict()
    {
        // <snippet>
        var ml = new MLContext();
        var model = ml.Model.Load("student.zip", out _);
        using var engine = ml.Model.CreatePredictionEngine<Picture, Prediction>(model);
        var prediction = engine.Predict(new Picture { Path = "cat.jpg" });
        // </snippet>
        Console.WriteLine(prediction);
    }

    internal static void Bulk(MLContext ml, IDataView images)
    {
        // <snippet>
        using var scorer = ml.LoadBulkScorer("student.zip", batchSize: 32);
        var scores = scorer.Transform(images).GetColumn<float[]>("Score").ToList();
        // </snippet>
        Console.WriteLine(scores);
    }

    internal static void Small(ImageClassificationDistillationTransformer student, IDataView training, IDataView test)
    {
        // <snippet>
        var eight = student.SaveAsOnnx("student-int8.onnx", Quantization.Int8(training, evaluationData: test));
        var sixteen = student.SaveAsOnnx("student-fp16.onnx", Quantization.Float16(test));
        // </snippet>
        Console.WriteLine($"{eight} {sixteen}");
    }
}
