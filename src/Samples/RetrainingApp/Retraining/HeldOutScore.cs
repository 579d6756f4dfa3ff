using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Retraining;

/// <summary>Counts the images that a model is right about, among those that no model has trained on.</summary>
internal sealed class HeldOutScore(ImageFiles images, MLContext ml)
{
    public int Count(LoadedModel model, IReadOnlyList<RunImage> heldOut)
    {
        if (heldOut.Count == 0)
            return 0;
        var view = ml.Data.LoadFromEnumerable(heldOut.Select(row => new TrainingRow(images.Path(row.Id, row.Format), row.Label)).ToList());
        return model.Transformer.Transform(view).GetColumn<string>(nameof(ImagePrediction.Name)).Zip(heldOut).Count(pair => pair.First == pair.Second.Label);
    }
}
