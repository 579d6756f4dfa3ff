using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>
/// ML.NET's own softmax layer as the last link of a model: maximum entropy fitted on one row per class, whose features are 1 at
/// that class. Its weights come out as c·I plus a constant, so that on logits / c its scores are softmax(logits); and its outputs carry all the
/// annotations that ML.NET's own trainers give, from parts that every application has.
/// </summary>
internal sealed class SoftmaxLayer
{
    public const string ScoreColumn = "Score", PredictedLabelColumn = "PredictedLabel";
    private const float L2 = .01f;

    private SoftmaxLayer(ITransformer transformer, float scale) => (Transformer, Scale) = (transformer, scale);

    public ITransformer Transformer { get; }

    /// <summary>c: what logits must be divided by.</summary>
    public float Scale { get; }

    /// <param name="label">The label column; its key values become the predicted label's.</param>
    /// <param name="features">Name of the column with logits / c.</param>
    public static SoftmaxLayer Fit(MLContext ml, DataViewSchema.Column label, int classCount, string features)
    {
        var fitted = Estimator(ml, label.Name, features).Fit(OneHotRows(ml, label, classCount, features));
        VBuffer<float>[] weights = [];
        fitted.Model.GetWeights(ref weights, out var count);
        var (onDiagonal, offDiagonal) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var row = weights[i].DenseValues().ToArray();
            onDiagonal += row[i];
            offDiagonal += row.Sum() - row[i];
        }
        return new SoftmaxLayer(fitted, (float)(onDiagonal / count - offDiagonal / ((long)count * (count - 1))));
    }

    public static LbfgsMaximumEntropyMulticlassTrainer Estimator(MLContext ml, string label, string features) =>
        ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = label,
            FeatureColumnName = features,
            L1Regularization = 0,
            L2Regularization = L2,
            InitialWeightsDiameter = 0,
            NumberOfThreads = 1,
        });

    private static IDataView OneHotRows(MLContext ml, DataViewSchema.Column label, int classCount, string featureColumn)
    {
        var schema = SchemaDefinition.Create(typeof(OneHotRow));
        // A definition finds its columns by the names they have by then: both are taken before either is renamed.
        var (key, features) = (schema[nameof(OneHotRow.Key)], schema[nameof(OneHotRow.Features)]);
        key.ColumnName = label.Name;
        key.ColumnType = new KeyDataViewType(typeof(uint), classCount);
        KeyValues.Copy(label, key);
        features.ColumnName = featureColumn;
        features.ColumnType = new VectorDataViewType(NumberDataViewType.Single, classCount);
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, classCount).Select(i => new OneHotRow(i, classCount)), schema);
    }

    private sealed class OneHotRow
    {
        public OneHotRow(int index, int count)
        {
            Key = (uint)index + 1;
            Features = new float[count];
            Features[index] = 1;
        }

        public uint Key { get; set; }

        public float[] Features { get; set; }
    }
}
