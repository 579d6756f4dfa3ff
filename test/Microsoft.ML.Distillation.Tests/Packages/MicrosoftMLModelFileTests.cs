using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>Chains are saved, loaded in another context, and do the same.</summary>
public class MicrosoftMLModelFileTests
{
    private sealed class Row
    {
        public string? Label { get; set; }
        public long[]? Classes { get; set; }
        public float A { get; set; }

        [VectorType(2)]
        public float[]? B { get; set; }
    }

    private readonly MLContext _ml = new(seed: 1);

    private static IDataView Data(MLContext ml) => ml.Data.LoadFromEnumerable(new Row[]
    {
        new() { Label = "cat", Classes = [1, 0], A = 1, B = [2, 3] },
        new() { Label = "dog", Classes = [], A = 4, B = [5, 6] },
    });

    private TransformerChain<Transforms.ColumnSelectingTransformer> Fit()
    {
        var names = new Dictionary<long, string> { [0] = "cat", [1] = "dog" };
        return _ml.Transforms.Conversion.MapValueToKey("Key", "Label")
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Text", "Key"))
            .Append(_ml.Transforms.Conversion.MapValue("Names", names, "Classes"))
            .Append(_ml.Transforms.Concatenate("Features", "A", "B"))
            .Append(_ml.Transforms.Conversion.ConvertType("Doubles", "Features", DataKind.Double))
            .Append(_ml.Transforms.CopyColumns("Copy", "A"))
            .Append(_ml.Transforms.DropColumns("A", "B"))
            .Fit(Data(_ml));
    }

    private static void AssertDoesTheSame(ITransformer expected, ITransformer actual)
    {
        var ml = new MLContext();
        var (a, b) = (expected.Transform(Data(ml)), actual.Transform(Data(ml)));
        Assert.Equal(a.Schema.Select(c => (c.Name, c.Type.ToString())), b.Schema.Select(c => (c.Name, c.Type.ToString())));
        Assert.Equal([1u, 2u], b.GetColumn<uint>("Key"));
        Assert.Equal(["cat", "dog"], b.GetColumn<string>("Text"));
        Assert.Equal([["dog", "cat"], []], b.GetColumn<string[]>("Names"));
        Assert.Equal([[1, 2, 3], [4, 5, 6]], b.GetColumn<float[]>("Features"));
        Assert.Equal([[1, 2, 3], [4, 5, 6]], b.GetColumn<double[]>("Doubles"));
        Assert.Equal([1f, 4f], b.GetColumn<float>("Copy"));
        Assert.Null(b.Schema.GetColumnOrNull("A"));
    }

    [Fact]
    public void A_chain_reloads_from_a_stream()
    {
        var model = Fit();
        using var file = new MemoryStream();
        _ml.Model.Save(model, Data(_ml).Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out var schema);

        AssertDoesTheSame(model, loaded);
        Assert.Equal(Data(_ml).Schema.Select(c => (c.Name, c.Type.ToString())), schema.Select(c => (c.Name, c.Type.ToString())));
        Assert.Equal(7, Assert.IsType<TransformerChain<ITransformer>>(loaded).Count());
    }

    [Fact]
    public void A_chain_reloads_from_a_file()
    {
        string path = Path.GetTempFileName();
        try
        {
            var model = Fit();
            _ml.Model.Save(model, null, path);
            AssertDoesTheSame(model, new MLContext().Model.Load(path, out var schema));
            Assert.Null(schema);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_single_transformer_reloads_as_itself()
    {
        using var file = new MemoryStream();
        _ml.Model.Save(_ml.Transforms.CopyColumns("Copy", "A").Fit(Data(_ml)), Data(_ml).Schema, file);
        file.Position = 0;
        Assert.IsType<Transforms.ColumnCopyingTransformer>(_ml.Model.Load(file, out _));
    }

    [Fact]
    public void A_facade_saves_what_it_wraps()
    {
        using var file = new MemoryStream();
        _ml.Model.Save(new Facade(Fit()), Data(_ml).Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);
        Assert.Equal(7, Assert.IsType<TransformerChain<ITransformer>>(loaded).Count());
        AssertDoesTheSame(Fit(), loaded);
    }

    [Fact]
    public void A_file_of_the_other_implementation_is_not_read_as_a_model()
    {
        // One carries the folder that ML.NET's own files have, the other neither implementation's.
        var cases = new[] { ("TransformerChain/Model.key", "saved by ML.NET"), ("Something/else", "holds no model") };
        foreach (var (entry, offlineMessage) in cases)
        {
            using var file = new MemoryStream();
            using (var archive = new System.IO.Compression.ZipArchive(file, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
                archive.CreateEntry(entry);
            file.Position = 0;
            var error = Assert.ThrowsAny<Exception>(() => _ml.Model.Load(file, out _));
            bool isOffline = typeof(MLContext).Assembly == typeof(IDataView).Assembly;
            Assert.True(!isOffline || error.Message.Contains(offlineMessage), error.Message);
        }
    }

    [Fact]
    public void What_is_no_model_is_refused() =>
        Assert.ThrowsAny<Exception>(() => _ml.Model.Load(new MemoryStream([1, 2, 3, 4]), out _));

    [Fact]
    public void Transformers_come_out_of_the_chain_in_order()
    {
        var model = Fit();
        Assert.Equal(7, model.Count());
        Assert.Same(model.Last(), model.LastTransformer);
        Assert.IsType<Transforms.ValueToKeyMappingTransformer>(model.First());
    }

    private sealed class Facade(ITransformer inner) : ITransformer
    {
        public bool IsRowToRowMapper => inner.IsRowToRowMapper;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        public IDataView Transform(IDataView input) => inner.Transform(input);

        void ICanSaveModel.Save(ModelSaveContext ctx) => inner.Save(ctx);
    }
}
