using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Transforms.Image;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Measures a teacher on labelled images, prepared as for training.</summary>
internal static class TeacherEvaluation
{
    public static TeacherMetrics Evaluate(
        MLContext ml, Teacher teacher, IDataView data, string labelColumn, string imageColumn, ImageResizingEstimator.ResizingKind resizing)
    {
        var label = LabelColumn.Find(data.Schema, labelColumn);
        using var opened = OpenedTeacher.Open(teacher, new TeacherSettings(CPU, ThreadLimit.Default) { Rows = data }, label.ClassNames);
        var session = opened.Session;
        var preparation = new ImagePreparation(ml, imageColumn, session.InputSize ?? ImageClassifier.ResNet20.DefaultImageSize, resizing);
        using var store = new PixelStore(preparation.Size, PixelStore.DefaultMemoryBudget, PixelStore.TemporaryFolder(ml));
        ImageReader.Read(data, preparation, label, store, "evaluation", null, CancellationToken.None);
        var predicted = TeacherScoring.Predict(opened, store, [.. Enumerable.Range(0, store.Count)], CPU);
        return new TeacherMetrics
        {
            Rows = store.Count,
            Accuracy = predicted.Zip(store.Labels).Count(p => p.First == p.Second) / (double)store.Count,
            Parameters = session.ParameterCount,
            ModelBytes = session.ModelBytes,
        };
    }
}
