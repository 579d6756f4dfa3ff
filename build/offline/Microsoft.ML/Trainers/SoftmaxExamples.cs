using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>Labelled rows in memory, their zeros left out: one-hot rows cost one value each.</summary>
internal sealed class SoftmaxExamples
{
    private readonly List<(int[] Indices, float[] Values, int Label, float Weight)> _rows = [];

    internal int FeatureCount { get; private init; }

    internal int ClassCount { get; private init; }

    internal int Count => _rows.Count;

    internal double TotalWeight { get; private set; }

    internal IReadOnlyList<(int[] Indices, float[] Values, int Label, float Weight)> Rows => _rows;

    internal static SoftmaxExamples Load(IDataView data, DataViewSchema.Column features, DataViewSchema.Column label,
        DataViewSchema.Column? weight)
    {
        var vector = (VectorDataViewType)features.Type;
        var key = (KeyDataViewType)label.Type;
        var examples = new SoftmaxExamples { FeatureCount = vector.Size, ClassCount = checked((int)key.Count) };
        using var cursor = data.GetRowCursor(weight is { } column ? [features, label, column] : [features, label]);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        var getLabel = cursor.GetGetter<uint>(label);
        var getWeight = weight is { } w ? cursor.GetGetter<float>(w) : (ref float one) => one = 1;
        VBuffer<float> row = default;
        uint rowLabel = 0;
        float rowWeight = 0;
        while (cursor.MoveNext())
        {
            getFeatures(ref row);
            getLabel(ref rowLabel);
            getWeight(ref rowWeight);
            examples.Add(row, (int)rowLabel - 1, rowWeight);
        }
        return examples;
    }

    /// <summary>Rows without a label, or with features that are no numbers, teach nothing.</summary>
    private void Add(VBuffer<float> row, int label, float weight)
    {
        if (label < 0 || label >= ClassCount || !float.IsFinite(weight))
            return;
        var values = row.GetValues();
        var indices = row.GetIndices();
        var (keptValues, keptIndices) = (new List<float>(), new List<int>());
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return;
            if (values[i] == 0)
                continue;
            keptValues.Add(values[i]);
            keptIndices.Add(row.IsDense ? i : indices[i]);
        }
        _rows.Add((keptIndices.ToArray(), keptValues.ToArray(), label, weight));
        TotalWeight += weight;
    }
}
