using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>LbfgsMaximumEntropy fitted on one-hot rows is a softmax layer: its weights are c·I plus a constant.</summary>
public class MicrosoftMLSoftmaxLayerTests
{
    private sealed class Example
    {
        public string? Label { get; set; }
        public float[]? Features { get; set; }
    }

    private readonly MLContext _ml = new(seed: 1);

    private MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(int classes)
    {
        var schema = SchemaDefinition.Create(typeof(Example));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, classes);
        var rows = Enumerable.Range(0, classes).Select(i => new Example { Label = $"class {i}", Features = OneHot(i, classes) });
        var data = _ml.Data.LoadFromEnumerable(rows.ToArray(), schema);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                L1Regularization = 0, L2Regularization = 0.01f, InitialWeightsDiameter = 0, NumberOfThreads = 1,
            }));
        return pipeline.Fit(data).LastTransformer;
    }

    private static float[] OneHot(int index, int count)
    {
        var row = new float[count];
        row[index] = 1;
        return row;
    }

    private static (float Scale, float Spread) Scale(MaximumEntropyModelParameters model)
    {
        VBuffer<float>[] weights = null!;
        model.GetWeights(ref weights, out int classes);
        var diagonal = Enumerable.Range(0, classes).Select(i => weights[i].GetItemOrDefault(i)).ToArray();
        var others = Enumerable.Range(0, classes).SelectMany(i => weights[i].DenseValues().Where((_, j) => j != i)).ToArray();
        return (diagonal.Average() - others.Average(), Math.Max(diagonal.Max() - diagonal.Min(), others.Max() - others.Min()));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public void Scores_are_the_softmax_of_the_logits(int classes)
    {
        var layer = Fit(classes);
        var (scale, spread) = Scale(layer.Model);
        Assert.True(scale > 1, $"The diagonal stands out by {scale} only");
        Assert.True(spread < 1e-3, $"Weights that should be equal differ by {spread}");

        var random = new Random(classes);
        var logits = Enumerable.Range(0, 20)
            .Select(_ => Enumerable.Range(0, classes).Select(_ => (float)(random.NextDouble() * 16 - 8)).ToArray()).ToArray();
        var schema = SchemaDefinition.Create(typeof(Example));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, classes);
        var scored = layer.Transform(_ml.Data.LoadFromEnumerable(
            logits.Select(l => new Example { Label = "", Features = l.Select(x => x / scale).ToArray() }).ToArray(), schema));

        var scores = scored.GetColumn<float[]>("Score").ToArray();
        var predicted = scored.GetColumn<uint>("PredictedLabel").ToArray();
        for (int row = 0; row < logits.Length; row++)
        {
            double total = logits[row].Sum(x => Math.Exp(x));
            for (int i = 0; i < classes; i++)
                Assert.Equal(Math.Exp(logits[row][i]) / total, scores[row][i], 3e-5);
            Assert.Equal(Array.IndexOf(logits[row], logits[row].Max()) + 1, (int)predicted[row]);
        }
    }

    [Fact]
    public void Scores_and_predictions_are_annotated_with_the_class_names()
    {
        var layer = Fit(3);
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Features", new VectorDataViewType(NumberDataViewType.Single, 3));
        var schema = layer.GetOutputSchema(builder.ToSchema());
        string[] names = ["class 0", "class 1", "class 2"];

        VBuffer<ReadOnlyMemory<char>> values = default;
        schema["PredictedLabel"].GetKeyValues(ref values);
        Assert.Equal(names, values.DenseValues().Select(v => v.ToString()));
        schema["Score"].GetSlotNames(ref values);
        Assert.Equal(names, values.DenseValues().Select(v => v.ToString()));
        schema["Score"].Annotations.GetValue("TrainingLabelValues", ref values);
        Assert.Equal(names, values.DenseValues().Select(v => v.ToString()));

        ReadOnlyMemory<char> kind = default;
        schema["Score"].Annotations.GetValue("ScoreColumnKind", ref kind);
        Assert.Equal("MulticlassClassification", kind.ToString());
        schema["Score"].Annotations.GetValue("ScoreValueKind", ref kind);
        Assert.Equal("Score", kind.ToString());
        Assert.Equal(3ul, Assert.IsType<KeyDataViewType>(schema["PredictedLabel"].Type).Count);
        Assert.Equal(3, Assert.IsType<VectorDataViewType>(schema["Score"].Type).Size);
    }

    [Fact]
    public void The_layer_reloads_from_a_file()
    {
        var layer = Fit(3);
        var data = _ml.Data.LoadFromEnumerable(new[] { new ThreeFeatures { Features = [.2f, .9f, -.3f] } });
        using var file = new MemoryStream();
        _ml.Model.Save(layer, data.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _).Transform(data);

        Assert.Equal(layer.Transform(data).GetColumn<float[]>("Score").Single(), loaded.GetColumn<float[]>("Score").Single());
        VBuffer<ReadOnlyMemory<char>> names = default;
        loaded.Schema["PredictedLabel"].GetKeyValues(ref names);
        Assert.Equal(["class 0", "class 1", "class 2"], names.DenseValues().Select(v => v.ToString()));
    }

    private sealed class ThreeFeatures
    {
        [VectorType(3)]
        public float[]? Features { get; set; }
    }

    [Fact]
    public void Two_fits_give_the_same_weights()
    {
        VBuffer<float>[] first = null!, second = null!;
        Fit(10).Model.GetWeights(ref first, out _);
        Fit(10).Model.GetWeights(ref second, out _);
        Assert.Equal(first.SelectMany(w => w.DenseValues()), second.SelectMany(w => w.DenseValues()));
    }

    [Fact]
    public void The_label_must_be_a_key()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new ThreeFeaturesWithText { Label = "a", Features = [1, 2, 3] } });
        var error = Assert.ThrowsAny<ArgumentException>(() => _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(data));
        Assert.Contains("Label", error.Message);
    }

    private sealed class ThreeFeaturesWithText
    {
        public string? Label { get; set; }

        [VectorType(3)]
        public float[]? Features { get; set; }
    }
}
