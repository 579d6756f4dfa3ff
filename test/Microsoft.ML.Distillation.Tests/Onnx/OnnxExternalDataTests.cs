using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

/// <summary>Weights in files beside the model, in a folder of their own for each test.</summary>
public sealed class OnnxExternalDataTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("onnx-external-").FullName;

    private string Folder => Path.Combine(_outside, "model");

    private string ModelPath => Path.Combine(Folder, "m.onnx");

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    /// <summary>Writes y = x + w with w's two floats in the file <paramref name="location"/>.</summary>
    private void WriteModel(string location, params (string Key, string Value)[] entries)
    {
        var graph = new OnnxGraphBuilder("external");
        graph.AddInput("x", OnnxElementType.Float, 2);
        graph.AddInitializer("w", [0f, 0], 2);
        graph.AddOutput("y", graph.Add("x", "w"), OnnxElementType.Float, 2);
        var model = graph.Build();
        MoveOut(model.Graph.Initializer[0], location, entries);
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(ModelPath, model.ToByteArray());
    }

    private static void MoveOut(TensorProto tensor, string location, params (string Key, string Value)[] entries)
    {
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(entries.Select(e => new StringStringEntryProto { Key = e.Key, Value = e.Value }));
    }

    private string Fault() => Assert.Throws<InvalidDataException>(() => OnnxModelFile.FromPath(ModelPath)).Message;

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    [Fact]
    public void DataBesideTheModelBecomesPartOfIt()
    {
        WriteModel("weights/m.data", ("offset", "4"), ("length", "8"));
        Directory.CreateDirectory(Path.Combine(Folder, "weights"));
        File.WriteAllBytes(Path.Combine(Folder, "weights", "m.data"), Floats(9, 1.5f, -2, 9));

        var file = OnnxModelFile.FromPath(ModelPath);

        Assert.Equal([1.5f, -2], file.ReadFloats("w"));
        using var runner = new OnnxRunner(file.ToBytes(), "m");
        Assert.Equal([2.5f, -1], runner.Run([1, 1], [2])[0].Floats);
    }

    [Fact]
    public void WithoutOffsetAndLengthTheWholeFileIsMeant()
    {
        WriteModel("m.data");
        File.WriteAllBytes(Path.Combine(Folder, "m.data"), Floats(3, 4));

        Assert.Equal([3, 4], OnnxModelFile.FromPath(ModelPath).ReadFloats("w"));
    }

    [Fact]
    public void FilesElsewhereAreRefused()
    {
        var secret = Path.Combine(_outside, "secret");
        File.WriteAllBytes(secret, Floats(1, 2));
        foreach (var location in (string[])["../secret", secret, "weights/../../secret", "../model-other/secret"])
        {
            WriteModel(location);
            Assert.Equal(
                $"'{ModelPath}': tensor 'w' names the file '{location}', which is not beneath the model's folder '{Folder}{Path.DirectorySeparatorChar}'."
                + " Files elsewhere are never read: move it there and save the model again.",
                Fault());
        }
    }

    [Fact]
    public void LinksOutOfTheFolderAreRefused()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllBytes(Path.Combine(_outside, "secret"), Floats(1, 2));
        WriteModel("link");
        File.CreateSymbolicLink(Path.Combine(Folder, "link"), "../secret");
        Assert.Contains($"a link to '{Path.Combine(_outside, "secret")}' outside the model's folder", Fault(), StringComparison.Ordinal);

        WriteModel("folder/secret");
        Directory.CreateSymbolicLink(Path.Combine(Folder, "folder"), "..");
        Assert.Contains($"a link to '{_outside}' outside the model's folder", Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void TensorsInsideSubgraphsFunctionsAndSparseTensorsAreFound()
    {
        WriteModel("m.data");
        var outer = ModelProto.Parser.ParseFrom(File.ReadAllBytes(ModelPath));
        var tensor = outer.Graph.Initializer[0].Clone();
        MoveOut(tensor, "../nested");
        ModelProto[] models =
        [
            With(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { T = tensor })),
            With(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Tensors = { tensor } })),
            With(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { G = new GraphProto { Initializer = { tensor } } })),
            With(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Graphs = { new GraphProto { Initializer = { tensor } } } })),
            With(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { SparseTensor = new SparseTensorProto { Values = tensor } })),
            With(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { SparseTensors = { new SparseTensorProto { Indices = tensor } } })),
            With(m => m.Graph.SparseInitializer.Add(new SparseTensorProto { Values = tensor })),
            With(m => m.Functions.Add(new FunctionProto { Node = { new NodeProto { Attribute = { new AttributeProto { T = tensor } } } } })),
            With(m => m.Functions.Add(new FunctionProto { AttributeProto = { new AttributeProto { T = tensor } } })),
        ];
        foreach (var model in models)
        {
            File.WriteAllBytes(ModelPath, model.ToByteArray());
            Assert.Contains("names the file '../nested', which is not beneath", Fault(), StringComparison.Ordinal);
        }

        ModelProto With(Action<ModelProto> change)
        {
            var model = outer.Clone();
            model.Graph.Initializer.Clear();
            change(model);
            return model;
        }
    }

    [Fact]
    public void BytesHaveNoFolder()
    {
        WriteModel("m.data");

        Assert.Equal(
            "m: tensor 'w' lies in another file ('m.data'), and the model was given as bytes. Load the model from its path, or save it as one file.",
            Assert.Throws<InvalidDataException>(() => OnnxModelFile.FromBytes(File.ReadAllBytes(ModelPath), "m")).Message);
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        WriteModel("m.data");

        Assert.Equal(
            $"'{ModelPath}': tensor 'w' lies in '{Path.Combine(Folder, "m.data")}', which doesn't exist. Put the model's data file there.",
            Assert.Throws<FileNotFoundException>(() => OnnxModelFile.FromPath(ModelPath)).Message);
    }

    [Theory]
    [InlineData("offset", "1", "has 7 bytes in '{0}'; expected 8 for 2 of Float. Export the model anew.")]
    [InlineData("length", "9", "should lie at bytes 0 to 9 of '{0}', which has 8. The file was cut short or isn't the one the model was saved with: fetch it again.")]
    [InlineData("offset", "9", "should lie at bytes 9 to 8 of '{0}', which has 8. The file was cut short or isn't the one the model was saved with: fetch it again.")]
    [InlineData("length", "9223372036854775807", "should lie at bytes 0 to 9223372036854775807 of '{0}', which has 8. The file was cut short or isn't the one the model was saved with: fetch it again.")]
    [InlineData("offset", "-4", "gives '-4' as the offset of its data; expected a whole number of bytes. Export the model anew.")]
    [InlineData("length", "eight", "gives 'eight' as the length of its data; expected a whole number of bytes. Export the model anew.")]
    public void RangesAreChecked(string key, string value, string expected)
    {
        WriteModel("m.data", (key, value));
        File.WriteAllBytes(Path.Combine(Folder, "m.data"), Floats(1, 2));

        Assert.Equal($"'{ModelPath}': tensor 'w' {string.Format(null, expected, Path.Combine(Folder, "m.data"))}", Fault());
    }
}
