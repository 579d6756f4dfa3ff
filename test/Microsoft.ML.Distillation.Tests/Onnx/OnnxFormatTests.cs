using System.IO.Compression;
using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

/// <summary>What is said of a file that isn't a whole ONNX model.</summary>
public class OnnxFormatTests
{
    private static string Fault(byte[] bytes) => Assert.Throws<InvalidDataException>(() => OnnxModelFile.FromBytes(bytes, "'m.onnx'")).Message;

    private static byte[] Zip(string entry)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create))
            zip.CreateEntry(entry).Open().Dispose();
        return memory.ToArray();
    }

    public static TheoryData<string, byte[], string> Others => new()
    {
        { "PyTorch", Zip("archive/data.pkl"), "a PyTorch .pt file; expected an ONNX model. Export the model with torch.onnx.export." },
        { "zipped", Zip("net/model.onnx"), "a zip archive; expected an ONNX model. Unpack it and give 'net/model.onnx' inside." },
        { "zip", Zip("Version.txt"), "a zip archive; expected an ONNX model. Give the .onnx file; an ML.NET model's .zip is loaded with MLContext.Model.Load." },
        { "broken zip", Zip("Version.txt")[..40], "a damaged zip archive; expected an ONNX model. Fetch it again, unpack it and give the .onnx file inside." },
        { "pickle", [0x80, 2, 0x8A, 10], "a Python pickle, as old PyTorch .pt files are; expected an ONNX model. Export the model with torch.onnx.export." },
        { "LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"u8.ToArray(), "a Git LFS pointer; expected an ONNX model. Run 'git lfs pull', or download the file itself." },
        { "HTML", "\n<!DOCTYPE html><html>"u8.ToArray(), "an HTML page; expected an ONNX model. The download was answered by a web page: use the link of the raw file." },
        { "XML", "<?xml version=\"1.0\"?><Error/>"u8.ToArray(), "an XML document; expected an ONNX model. Give the .onnx file." },
        { "text", "Not found:\n the model you wanted"u8.ToArray(), "text that begins \"Not found: the model yo\"; expected an ONNX model. Give the .onnx file." },
        { "gzip", [0x1F, 0x8B, 8, 0], "a gzip archive; expected an ONNX model. Unpack it and give the .onnx file inside." },
        { "TFLite", [28, 0, 0, 0, .. "TFL3"u8], "a TensorFlow Lite model; expected an ONNX model. Convert it with tf2onnx." },
        { "ORT", [28, 0, 0, 0, .. "ORTM"u8], "a model in ONNX Runtime's own .ort format; expected an ONNX model. Use the .onnx file that it was made from." },
        { "HDF5", [0x89, .. "HDF\r\n"u8], "an HDF5 file, as Keras .h5 models are; expected an ONNX model. Convert the model with tf2onnx." },
        {
            "safetensors", [2, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8],
            "a safetensors file, which holds weights without a graph; expected an ONNX model. Export the model that loads it with torch.onnx.export."
        },
        { "PNG", [0x89, .. "PNG\r\n"u8], "an image; expected an ONNX model. Give the model's own path." },
        { "JPEG", [0xFF, 0xD8, 0xFF, 0xE0], "an image; expected an ONNX model. Give the model's own path." },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void OtherFormatsAreRecognised(string format, byte[] bytes, string expected)
    {
        Assert.NotEmpty(format);
        Assert.Equal($"'m.onnx' is {expected}", Fault(bytes));
    }

    [Fact]
    public void EmptyFilesAreCalledEmpty() =>
        Assert.Equal("'m.onnx' is empty; expected an ONNX model. The download or copy didn't finish: fetch it again.", Fault([]));

    [Fact]
    public void TruncatedModelsAreCalledTruncated()
    {
        var whole = File.ReadAllBytes(Foreign.Path);
        Assert.Equal(
            "'m.onnx' begins like an ONNX model but can't be read to its end: its 1000 bytes are cut short or damaged. Fetch or export it again.", Fault(whole[..1000]));

        var cuts = Enumerable.Range(1, whole.Length - 1).Where(length => !IsWhole(whole[..length])).ToList();
        Assert.All(cuts.Skip(1), length => Assert.Contains("cut short or damaged", Fault(whole[..length]), StringComparison.Ordinal));
        Assert.InRange(cuts.Count, 1700, whole.Length);
    }

    /// <summary>Cut right behind the operator sets, what is left is a model in itself.</summary>
    private static bool IsWhole(byte[] bytes)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes) is { Graph.Output.Count: > 0, OpsetImport.Count: > 0 };
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    [Fact]
    public void UnknownBytesAreShown() =>
        Assert.Equal(
            "'m.onnx' is no ONNX model: it can't be read to its end and begins with the bytes FFFF000102030405. Give a file written by an ONNX exporter.",
            Fault([0xFF, 0xFF, 0, 1, 2, 3, 4, 5, 6]));

    [Fact]
    public void AModelNeedsAGraphOutputsAndOperatorSets()
    {
        var model = new ModelProto { IrVersion = 8 };
        Assert.Contains("but has no graph: ", Fault(model.ToByteArray()), StringComparison.Ordinal);
        model.Graph = new GraphProto { Name = "g" };
        Assert.Contains("but has a graph without outputs: ", Fault(model.ToByteArray()), StringComparison.Ordinal);
        model.Graph.Output.Add(new ValueInfoProto { Name = "y" });
        Assert.Contains("but names no operator set: ", Fault(model.ToByteArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void NestingIsBounded()
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto() };
        for (var graph = model.Graph; model.CalculateSize() < 2000; graph = graph.Node[0].Attribute[0].G)
            graph.Node.Add(new NodeProto { Attribute = { new AttributeProto { G = new GraphProto() } } });

        Assert.Contains("nests graphs or types deeper than any network does", Fault(model.ToByteArray()), StringComparison.Ordinal);
    }
}
