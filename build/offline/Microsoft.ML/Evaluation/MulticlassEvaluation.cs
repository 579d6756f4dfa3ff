using System.Numerics;
using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class MulticlassClassificationCatalog
{
    public MulticlassClassificationMetrics Evaluate(IDataView data, string labelColumnName = "Label", string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel", int topKPredictionCount = 0)
    {
        var schema = Check.NotNull(data, nameof(data)).Schema;
        Check.AtLeast(topKPredictionCount, 0, nameof(topKPredictionCount));
        var label = schema.GetColumnOrNull(labelColumnName) ?? throw Check.ColumnNotFound("label", labelColumnName);
        var score = schema.GetColumnOrNull(scoreColumnName) ?? throw Check.ColumnNotFound("score", scoreColumnName);
        if (schema.GetColumnOrNull(predictedLabelColumnName) == null)
            throw Check.ColumnNotFound("predicted label", predictedLabelColumnName);
        if (score.Type is not VectorDataViewType { IsKnownSize: true } vector || !vector.ItemType.Equals(NumberDataViewType.Single))
            throw Check.ColumnMismatch("score", scoreColumnName, "Vector of Single with known size", score.Type);

        var tally = new MulticlassTally(vector.Size);
        using (var cursor = data.GetRowCursor([label, score]))
        {
            var getLabel = LabelGetter(cursor, label);
            var getScore = cursor.GetGetter<VBuffer<float>>(score);
            VBuffer<float> buffer = default;
            var scores = new float[vector.Size];
            while (cursor.MoveNext())
            {
                getScore(ref buffer);
                buffer.CopyTo(scores);
                tally.Add(getLabel(), scores);
            }
        }
        if (tally.Total == 0)
            throw new InvalidOperationException($"No valid instances to evaluate: no row has both a label in "
                + $"'{labelColumnName}' and numbers in '{scoreColumnName}'");
        return new(tally, topKPredictionCount, ClassNames(score, vector.Size));
    }

    /// <summary>The class a row belongs to, from 0; negative where it has none.</summary>
    private static Func<int> LabelGetter(DataViewRow row, DataViewSchema.Column label)
    {
        if (label.Type is KeyDataViewType)
            return Generic.Invoke<Func<int>>(Class<uint>, [label.Type.RawType], row, label, 1);
        if (label.Type == NumberDataViewType.Single || label.Type == NumberDataViewType.Double)
            return Generic.Invoke<Func<int>>(Class<float>, [label.Type.RawType], row, label, 0);
        throw Check.ColumnMismatch("label", label.Name, "key, Single or Double", label.Type);
    }

    private static Func<int> Class<T>(DataViewRow row, DataViewSchema.Column label, int first) where T : INumberBase<T>
    {
        var get = row.GetGetter<T>(label);
        return () =>
        {
            T value = default;
            get(ref value);
            return T.IsNaN(value) ? -1 : int.CreateTruncating(value) - first;
        };
    }

    private static string[] ClassNames(DataViewSchema.Column score, int count)
    {
        if (!score.HasSlotNames())
            return Enumerable.Range(0, count).Select(i => i.ToString()).ToArray();
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return names.DenseValues().Select(n => n.ToString()).ToArray();
    }
}
