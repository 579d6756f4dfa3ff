using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class MicrosoftMLPredictionEngineTests
{
    private sealed class Input
    {
        public string? Label { get; set; }
        public float X { get; set; }
    }

    private sealed class Output
    {
        public string? Text { get; set; }

        [ColumnName("Key")]
        public uint Number { get; set; }

        public float[]? Features { get; set; }
    }

    private sealed class Demanding
    {
        public float Absent { get; set; }
    }

    private readonly MLContext _ml = new(seed: 1);

    private (ITransformer Model, DataViewSchema Schema) Fit()
    {
        var data = _ml.Data.LoadFromEnumerable(new Input[] { new() { Label = "cat", X = 1 }, new() { Label = "dog", X = 2 } });
        var model = _ml.Transforms.Conversion.MapValueToKey("Key", "Label").Append(_ml.Transforms.Conversion.MapKeyToValue("Text", "Key"))
            .Append(_ml.Transforms.Concatenate("Features", "X", "X")).Fit(data);
        return (model, data.Schema);
    }

    [Fact]
    public void Predicts_one_object_from_another()
    {
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(Fit().Model);
        var output = engine.Predict(new() { Label = "dog", X = 3 });
        Assert.Equal(("dog", 2u), (output.Text, output.Number));
        Assert.Equal([3f, 3f], output.Features!);

        var next = engine.Predict(new() { Label = "cat", X = 4 });
        Assert.Equal(("cat", 1u), (next.Text, next.Number));
        Assert.Equal([3f, 3f], output.Features!);
        Assert.NotNull(engine.OutputSchema.GetColumnOrNull("Text"));
    }

    [Fact]
    public void An_unknown_value_has_no_key()
    {
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(Fit().Model);
        Assert.Equal(0u, engine.Predict(new() { Label = "cow" }).Number);
    }

    [Fact]
    public void Works_from_the_input_schema_as_well()
    {
        var (model, schema) = Fit();
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(model, schema);
        Assert.Equal("dog", engine.Predict(new() { Label = "dog" }).Text);
    }

    [Fact]
    public void Missing_output_columns_are_ignored_or_an_error()
    {
        var model = Fit().Model;
        using var engine = _ml.Model.CreatePredictionEngine<Input, Demanding>(model);
        Assert.Equal(0, engine.Predict(new() { Label = "dog" }).Absent);
        var error = Assert.ThrowsAny<Exception>(() =>
            _ml.Model.CreatePredictionEngine<Input, Demanding>(model, ignoreMissingColumns: false));
        Assert.Contains("Absent", error.Message);
    }

    [Fact]
    public void One_model_serves_engines_in_many_threads()
    {
        var model = Fit().Model;
        Parallel.For(0, 8, thread =>
        {
            var engine = _ml.Model.CreatePredictionEngine<Input, Output>(model);
            for (int i = 0; i < 500; i++)
            {
                var output = engine.Predict(new() { Label = i % 2 == 0 ? "cat" : "dog", X = thread * 1000 + i });
                Assert.Equal(i % 2 == 0 ? "cat" : "dog", output.Text);
                Assert.Equal(thread * 1000 + i, output.Features![1]);
            }
        });
    }
}
