using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

public class OnnxModelFileTests
{
    [Fact]
    public void AForeignModelIsDescribed()
    {
        var file = OnnxModelFile.FromPath(Foreign.Path);

        Assert.Equal("'image' (Float N×3×6×6)", Assert.Single(file.Inputs).ToString());
        Assert.Equal(["'logits' (Float N×3)", "'label' (Int64 N)"], file.Outputs.Select(o => o.ToString()));
        Assert.Equal(new Dictionary<string, long> { [""] = 13 }, file.OpsetVersions);
        Assert.Equal(new Dictionary<string, string> { ["author"] = "Zoë" }, file.Metadata);
        Assert.Equal([4, 3, 3, 3], file.ReadShape("body.0.weight"));
        Assert.Equal(Foreign.Golden.ConvWeight, file.ReadFloats("body.0.weight"));
        Assert.Equal(Foreign.Golden.HeadBias, file.ReadFloats("head.bias"));
    }

    [Fact]
    public void AForeignModelLosesNothingWhenWrittenAgain()
    {
        var before = Wire.Facts(File.ReadAllBytes(Foreign.Path));
        var after = Wire.Facts(OnnxModelFile.FromPath(Foreign.Path).ToBytes());

        Assert.Contains(before, fact => fact.StartsWith("/901[0] = ", StringComparison.Ordinal));
        Assert.Contains(before, fact => fact.StartsWith("/7[0]/900[0] = ", StringComparison.Ordinal));
        Assert.Contains(before, fact => fact.Contains("/902[0] = ", StringComparison.Ordinal));
        Assert.Equal(before, after);
    }

    [Fact]
    public void AddedOutputsAreAllThatChanges()
    {
        var file = OnnxModelFile.FromPath(Foreign.Path);
        var before = Wire.Facts(file.ToBytes());
        file.AddOutputs(["/body/body.2/Relu_output_0", "logits"]);

        Assert.Equal(["/7[0]/12[2]/1[0]"], Wire.Facts(file.ToBytes()).Except(before).Select(fact => fact.Split(' ')[0]));
        using var runner = new OnnxRunner(file.ToBytes(), "tapped");
        var features = runner.Run(Foreign.Golden.Image, Foreign.Golden.Shape, ["/body/body.2/Relu_output_0"])[0];
        Assert.Equal([2, 4, 3, 3], features.Shape);
        Assert.Contains(features.Floats, v => v > 0);
        Assert.DoesNotContain(features.Floats, v => v < 0);
    }

    [Fact]
    public void OutputsAreOnlyAddedForTensorsThatExist() =>
        Assert.StartsWith(
            $"'{Foreign.Path}': no node computes a tensor 'Relu_output_0', so it can't become an output. There are 8, such as '/body/body.2/Relu_output_0', ",
            Assert.Throws<ArgumentException>(() => OnnxModelFile.FromPath(Foreign.Path).AddOutputs(["Relu_output_0"])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void AMissingInitialiserIsAnsweredWithSimilarNames() =>
        Assert.Equal(
            $"'{Foreign.Path}': no initialiser 'classifier.bias'. There are 7, such as 'body.1.bias', 'head.bias', 'body.0.weight', 'body.1.weight', 'body.1.running_mean'.",
            Assert.Throws<KeyNotFoundException>(() => OnnxModelFile.FromPath(Foreign.Path).ReadFloats("classifier.bias")).Message);

    [Fact]
    public void InitialisersListedAsInputsAreNoInputs()
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Foreign.Path));
        model.Graph.Input.Add(new ValueInfoProto { Name = "head.bias" });

        Assert.Equal(["image"], OnnxModelFile.FromBytes(model.ToByteArray(), "old.onnx").Inputs.Select(i => i.Name));
    }

    [Fact]
    public void BytesAreReadLikeFiles() =>
        Assert.Equal(OnnxModelFile.FromPath(Foreign.Path).ToBytes(), OnnxModelFile.FromBytes(File.ReadAllBytes(Foreign.Path), "bytes").ToBytes());

    [Fact]
    public void TheFingerprintIsTheContentsAndNotThePlaces()
    {
        var copy = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Foreign.Path));
        copy.Graph.Name += "'";

        Assert.Equal(OnnxModelFile.FromPath(Foreign.Path).Fingerprint(), OnnxModelFile.FromBytes(File.ReadAllBytes(Foreign.Path), "elsewhere").Fingerprint());
        Assert.NotEqual(OnnxModelFile.FromPath(Foreign.Path).Fingerprint(), OnnxModelFile.FromProto(copy, Foreign.Path).Fingerprint());
    }

    [Fact]
    public void PathsAreChecked()
    {
        var missing = Path.Combine(Path.GetTempPath(), "no-such-model.onnx");

        Assert.Equal(
            $"ONNX model '{missing}' doesn't exist (looked for '{missing}'). Check the path.",
            Assert.Throws<FileNotFoundException>(() => OnnxModelFile.FromPath(missing)).Message);
        Assert.StartsWith(
            $"'{AppContext.BaseDirectory}' is a folder; expected an ONNX file. Give the path of the .onnx file inside.",
            Assert.Throws<ArgumentException>(() => OnnxModelFile.FromPath(AppContext.BaseDirectory)).Message);
    }
}
