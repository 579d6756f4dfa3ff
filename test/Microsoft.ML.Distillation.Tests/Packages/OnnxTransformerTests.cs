using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>The models are those of goldens/onnx/make.py.</summary>
public class OnnxTransformerTests
{
    private static readonly float[] _picture = [.. Enumerable.Range(0, 60).Select(i => (float)i)];
    private readonly MLContext _ml = new(seed: 1);

    private sealed class PictureRow
    {
        [ColumnName("image"), VectorType(1, 3, 4, 5)]
        public float[]? Image { get; set; }
    }

    private sealed class MeanRow
    {
        [ColumnName("mean")]
        public float[]? Mean { get; set; }

        [ColumnName("twice")]
        public float[]? Twice { get; set; }
    }

    private sealed class ValuesRow
    {
        [ColumnName("values"), VectorType(6)]
        public float[]? Values { get; set; }
    }

    private sealed class KeptRow
    {
        [ColumnName("kept")]
        public float[]? Kept { get; set; }

        [ColumnName("places")]
        public long[]? Places { get; set; }
    }

    private sealed class TypesRow
    {
        [ColumnName("b"), VectorType(1, 2, 2)]
        public byte[]? B { get; set; }

        [ColumnName("l"), VectorType(3)]
        public long[]? L { get; set; }

        [ColumnName("i"), VectorType(2)]
        public int[]? I { get; set; }
    }

    private sealed class TypesPlusOneRow
    {
        [ColumnName("b1")]
        public byte[]? B { get; set; }

        [ColumnName("l1")]
        public long[]? L { get; set; }

        [ColumnName("i1")]
        public int[]? I { get; set; }
    }

    private sealed class ThreeRow
    {
        [ColumnName("values"), VectorType(3)]
        public float[]? Values { get; set; }
    }

    private sealed class IntegersRow
    {
        [ColumnName("values"), VectorType(6)]
        public int[]? Values { get; set; }
    }

    private sealed class TotalRow
    {
        [ColumnName("total")]
        public float Total { get; set; }
    }

    [Theory]
    [InlineData("means.onnx")]
    [InlineData("batch.onnx")]  // the batch is of unknown size: 1
    public void EveryRowIsScored(string model)
    {
        var data = Pictures(_picture, [.. _picture.Select(x => -x)]);
        var view = _ml.Transforms.ApplyOnnxModel(Model(model)).Fit(data).Transform(data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1, 3), view.Schema["mean"].Type);
        var rows = _ml.Data.CreateEnumerable<MeanRow>(view, reuseRowObject: false).ToArray();
        Assert.Equal([[9.5f, 29.5f, 49.5f], [-9.5f, -29.5f, -49.5f]], rows.Select(row => row.Mean));
        Assert.Equal([[19, 59, 99], [-19, -59, -99]], rows.Select(row => row.Twice));
    }

    [Fact]
    public void OnlyTheOutputsNamedBecomeColumns()
    {
        var data = Pictures(_picture);
        var view = _ml.Transforms.ApplyOnnxModel("twice", "image", Model("means.onnx")).Fit(data).Transform(data);
        Assert.Equal(["image", "twice"], view.Schema.Select(column => column.Name));
        Assert.Equal([19, 59, 99], view.GetColumn<float[]>("twice").Single());
    }

    [Fact]
    public void OutputsOfUnknownLengthAreVariableVectors()
    {
        var data = _ml.Data.LoadFromEnumerable(new[]
        {
            new ValuesRow { Values = [1, -1, 2, -2, 3, -3] },
            new ValuesRow { Values = [-1, -1, -2, -2, -3, 4] },
            new ValuesRow { Values = [0, 0, 0, 0, 0, 0] },
        });
        var view = _ml.Transforms.ApplyOnnxModel(["places", "kept"], ["values"], Model("positive.onnx")).Fit(data).Transform(data);
        var type = Assert.IsType<VectorDataViewType>(view.Schema["places"].Type);
        Assert.False(type.IsKnownSize);
        Assert.Equal(NumberDataViewType.Int64, type.ItemType);
        var rows = _ml.Data.CreateEnumerable<KeptRow>(view, reuseRowObject: false).ToArray();
        Assert.Equal([[1, 2, 3], [4], []], rows.Select(row => row.Kept));
        Assert.Equal([[0, 2, 4], [5], []], rows.Select(row => row.Places));
    }

    [Fact]
    public void IntegersAndBytesPassThrough()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new TypesRow { B = [1, 2, 3, 254], L = [1L << 40, -5, 0], I = [int.MinValue, 7] } });
        var view = _ml.Transforms.ApplyOnnxModel(Model("types.onnx")).Fit(data).Transform(data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte, 1, 2, 2), view.Schema["b1"].Type);
        var row = _ml.Data.CreateEnumerable<TypesPlusOneRow>(view, reuseRowObject: false).Single();
        Assert.Equal([2, 3, 4, 255], row.B);
        Assert.Equal([(1L << 40) + 1, -4, 1], row.L!);
        Assert.Equal([int.MinValue + 1, 8], row.I!);
    }

    [Fact]
    public void TheModelMayComeFromAStreamOrOptions()
    {
        var data = Pictures(_picture);
        using var stream = new MemoryStream(File.ReadAllBytes(Model("means.onnx")));
        stream.Position = stream.Length;
        var options = new OnnxOptions { ModelFile = Model("means.onnx"), InputColumns = ["image"], OutputColumns = ["mean"], IntraOpNumThreads = 1 };
        foreach (var estimator in new[] { _ml.Transforms.ApplyOnnxModel(stream), _ml.Transforms.ApplyOnnxModel(options) })
            Assert.Equal([9.5f, 29.5f, 49.5f], estimator.Fit(data).Transform(data).GetColumn<float[]>("mean").Single());
    }

    [Fact]
    public void AMissingGpuMayBeDoneWithout()
    {
        var data = Pictures(_picture);
        var view = _ml.Transforms.ApplyOnnxModel(Model("means.onnx"), gpuDeviceId: 0, fallbackToCpu: true).Fit(data).Transform(data);
        Assert.Equal([9.5f, 29.5f, 49.5f], view.GetColumn<float[]>("mean").Single());
    }

    [Fact]
    public void InputsMustFitTheModel()
    {
        var estimator = _ml.Transforms.ApplyOnnxModel(Model("positive.onnx"));
        var three = _ml.Data.LoadFromEnumerable(new[] { new ThreeRow { Values = [1, 2, 3] } });
        Assert.Contains("values", Assert.Throws<InvalidOperationException>(() => estimator.Fit(three)).Message);
        Assert.Contains("values", Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(Pictures(_picture))).Message);
        var integers = _ml.Data.LoadFromEnumerable(new[] { new IntegersRow { Values = [1, 2, 3, 4, 5, 6] } });
        Assert.Contains("values", Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(integers)).Message);
    }

    [Fact]
    public void ModelsThatAreNotThereAreErrors()
    {
        Assert.ThrowsAny<IOException>(() => _ml.Transforms.ApplyOnnxModel(Model("missing.onnx")));
        Assert.Throws<InvalidOperationException>(() => _ml.Transforms.ApplyOnnxModel(new MemoryStream([1, 2, 3, 4, 5, 6, 7])));
        Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.ApplyOnnxModel("absent", "image", Model("means.onnx")));
    }

    [Fact]
    public void ScalarsAreNotGiven()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new ThreeRow { Values = [1, 2, 3] } });
        var view = _ml.Transforms.ApplyOnnxModel(Model("scalar.onnx")).Fit(data).Transform(data);
        // Rows that are read ahead have their exceptions wrapped.
        Assert.IsType<ArgumentNullException>(Assert.ThrowsAny<Exception>(() => _ml.Data.CreateEnumerable<TotalRow>(view, reuseRowObject: false).Single()).GetBaseException());
    }

    [Fact]
    public void AShapeMayBeGivenForAnUnknownOne()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new ValuesRow { Values = [1, 2, -1, -2, -3, -4] } });
        var view = _ml.Transforms.ApplyOnnxModel(Model("positive.onnx"), new Dictionary<string, int[]> { ["kept"] = [1, 2] }).Fit(data).Transform(data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1, 2), view.Schema["kept"].Type);
        Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.ApplyOnnxModel(Model("means.onnx"), new Dictionary<string, int[]> { ["mean"] = [1, 4] }));
    }

    [Fact]
    public void ASavedPipelineHoldsTheModelAndScoresTheSame()
    {
        // 10 x 8 pixels shrunk to the 5 x 4 of the model.
        var data = Images(ImageRows.Paint(10, 8, (x, y) => (x, 10 * y, 7)));
        var pipeline = _ml.Transforms.ResizeImages("small", 5, 4, nameof(ImageRows.AnyImageRow.Image))
            .Append(_ml.Transforms.ExtractPixels("image", "small", offsetImage: 1, scaleImage: 2))
            .Append(_ml.Transforms.ApplyOnnxModel("mean", "image", Model("means.onnx")));
        using var file = new MemoryStream();
        _ml.Model.Save(pipeline.Fit(data), data.Schema, file);
        Assert.Equal(File.ReadAllBytes(Model("means.onnx")), SavedBytes(file));

        var again = new MLContext().Model.Load(file, out _).Transform(data);
        Assert.Equal(["Image", "small", "image", "mean"], again.Schema.Select(column => column.Name));
        float[] mean = again.GetColumn<float[]>("mean").Single();
        float[] expected = [2 * (4.5f - 1), 2 * (35 - 1), 2 * (7 - 1)];
        for (int i = 0; i < 3; i++)
            Assert.Equal(expected[i], mean[i], tolerance: 2);
    }

    [Fact]
    public void OneModelServesManyThreads()
    {
        var data = Pictures(_picture);
        var model = _ml.Transforms.ApplyOnnxModel(Model("means.onnx")).Fit(data);
        Parallel.For(0, 8, worker =>
        {
            // Not disposed of: that would dispose of the model too.
            var engine = _ml.Model.CreatePredictionEngine<PictureRow, MeanRow>(model);
            for (int i = 0; i < 50; i++)
                Assert.Equal([9.5f * worker, 29.5f * worker, 49.5f * worker], engine.Predict(new() { Image = [.. _picture.Select(x => worker * x)] }).Mean!);
        });
    }

    private static string Model(string name) => ImageRows.Golden($"onnx/{name}");

    private IDataView Pictures(params float[][] pictures) => _ml.Data.LoadFromEnumerable(pictures.Select(image => new PictureRow { Image = image }));

    private IDataView Images(MLImage image) => _ml.Data.LoadFromEnumerable(new[] { new ImageRows.AnyImageRow { Image = image } });

    /// <summary>The entry OnnxModel of a saved pipeline: a length, then that many bytes.</summary>
    private static byte[] SavedBytes(MemoryStream file)
    {
        file.Position = 0;
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        using var reader = new BinaryReader(zip.Entries.Single(entry => entry.Name == "OnnxModel").Open());
        byte[] bytes = reader.ReadBytes(reader.ReadInt32());
        Assert.Empty(reader.ReadBytes(1));
        file.Position = 0;
        return bytes;
    }
}
