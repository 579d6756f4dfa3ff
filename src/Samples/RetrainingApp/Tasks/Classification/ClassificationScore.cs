using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>Counts the images that a classifier is right about.</summary>
internal sealed class ClassificationScore(ImageFiles images, MLContext ml)
{
    public HeldOutFigure? Measure(LoadedModel model, IReadOnlyList<RunImage> heldOut)
    {
        if (heldOut.Count == 0)
            return null;
        var view = ml.Data.LoadFromEnumerable(heldOut.Select(row => new LabelledRow(images.Path(row.Id, row.Format), row.Label)).ToList());
        var names = model.Transformer.Transform(view).GetColumn<string>(nameof(ClassifierOutput.Name));
        return HeldOutFigure.OfCorrect(names.Zip(heldOut).Count(pair => pair.First == pair.Second.Label), heldOut.Count);
    }
}
