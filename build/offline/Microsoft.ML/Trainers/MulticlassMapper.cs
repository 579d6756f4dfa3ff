using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>The columns PredictedLabel and Score, with the annotations evaluators and MapKeyToValue look for.</summary>
internal sealed class MulticlassMapper : RowMapper
{
    internal const string Score = "Score";
    internal const string PredictedLabel = "PredictedLabel";

    private readonly IMulticlassModel _model;
    private readonly DataViewSchema.Column _features;

    internal MulticlassMapper(IMulticlassModel model, string featureColumn, DataViewType featureType, DataViewSchema.Column label,
        DataViewSchema inputSchema)
        : base(inputSchema)
    {
        _model = model;
        _features = RequireColumn(featureColumn, "feature");
        if (_features.Type is not VectorDataViewType vector || !vector.ItemType.Equals(NumberDataViewType.Single)
            || vector.Size != model.FeatureCount)
            throw Check.ColumnMismatch("feature", featureColumn, featureType, _features.Type);

        uint scoreSet = 1 + inputSchema.Select(ScoreSet).DefaultIfEmpty().Max();
        AddOutput(new(PredictedLabel, new KeyDataViewType(typeof(uint), model.ClassCount), PredictedLabelAnnotations(label, scoreSet)),
            null, _features);
        AddOutput(new(Score, new VectorDataViewType(NumberDataViewType.Single, model.ClassCount), ScoreAnnotations(label, scoreSet)),
            null, _features);
    }

    /// <summary>
    /// The number of the set of scores a column belongs to; 0 for none. A schema gives the same numbers every time, loaded models included.
    /// </summary>
    private static uint ScoreSet(DataViewSchema.Column column)
    {
        uint number = 0;
        if (column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.ScoreColumnSetId) is not null)
            column.Annotations.GetValue(AnnotationKinds.ScoreColumnSetId, ref number);
        return number;
    }

    private static DataViewSchema.Annotations PredictedLabelAnnotations(DataViewSchema.Column label, uint scoreSet)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(label.Annotations, kind => kind == AnnotationKinds.KeyValues);
        AddScoreKinds(builder, PredictedLabel, scoreSet);
        return builder.ToAnnotations();
    }

    private static DataViewSchema.Annotations ScoreAnnotations(DataViewSchema.Column label, uint scoreSet)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (label.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues) is { } keyValues)
        {
            var getter = label.Annotations.GetterDelegate(keyValues);
            if (label.HasKeyValues())
                builder.Add(AnnotationKinds.SlotNames, keyValues.Type, getter);
            builder.Add(AnnotationKinds.TrainingLabelValues, keyValues.Type, getter);
        }
        AddScoreKinds(builder, Score, scoreSet);
        return builder.ToAnnotations();
    }

    private static void AddScoreKinds(DataViewSchema.Annotations.Builder builder, string valueKind, uint scoreSet)
    {
        builder.AddPrimitiveValue(AnnotationKinds.ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), scoreSet);
        builder.AddText(AnnotationKinds.ScoreColumnKind, "MulticlassClassification");
        builder.AddText(AnnotationKinds.ScoreValueKind, valueKind);
    }

    internal override Delegate[] MakeGetters(DataViewRow input, Func<int, bool> isActive, out Action dispose)
    {
        dispose = null;
        if (!isActive(0) && !isActive(1))
            return [null, null];

        var get = input.GetGetter<VBuffer<float>>(_features);
        VBuffer<float> features = default;
        var dense = new float[_model.FeatureCount];
        var scores = new float[_model.ClassCount];
        var refresh = Rows.OncePerRow(input, () =>
        {
            get(ref features);
            features.CopyTo(dense);
            _model.Score(dense, scores);
        });
        ValueGetter<uint> label = (ref uint value) =>
        {
            refresh();
            value = ArgMax(scores);
        };
        ValueGetter<VBuffer<float>> score = (ref VBuffer<float> value) =>
        {
            refresh();
            VBuffer<float>.Copy(scores, 0, ref value, scores.Length);
        };
        return [isActive(0) ? label : null, isActive(1) ? score : null];
    }

    /// <summary>The key of the first largest score; none where all are NaN.</summary>
    private static uint ArgMax(float[] scores)
    {
        int best = -1;
        for (int i = 0; i < scores.Length; i++)
        {
            if (!float.IsNaN(scores[i]) && (best < 0 || scores[i] > scores[best]))
                best = i;
        }
        return (uint)(best + 1);
    }
}
