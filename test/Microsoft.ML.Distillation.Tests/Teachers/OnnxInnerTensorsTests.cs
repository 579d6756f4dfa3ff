using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>Feature maps and embeddings of ONNX teachers, against those that PyTorch computes in the network the file was exported from.</summary>
public class OnnxInnerTensorsTests
{
    private const TeacherParts Everything = TeacherParts.Logits | TeacherParts.Features | TeacherParts.Embedding;
    private static readonly InnerGolden Golden = InnerGolden.Values;

    [Theory]
    [InlineData(9, null)]
    [InlineData(13, null)]
    [InlineData(17, null)]
    [InlineData(21, null)]
    [InlineData(17, 1)]
    [InlineData(17, 2)] // 2, 2 and 1 of the 5 rows
    [InlineData(17, 5)]
    [InlineData(13, 8)] // one batch, filled up
    public void TheAutomaticOnesAreTheStagesEndsAndTheClassifiersInput(int opset, int? batch)
    {
        using var scope = NewDisposeScope();
        using var session = Open(InnerGolden.Model(opset, batch), Everything);

        var output = session.Forward(Pixels());

        AssertGolden(output.Features, output.Embedding!);
        Numbers.Close(Golden.Logits.Doubles(), Numbers.Of(output.Logits!), 1e-5);
    }

    [Fact]
    public void TheirShapesAreKnownBeforeTheFirstBatch()
    {
        foreach (var batch in new int?[] { null, 4 })
        {
            using var session = Open(InnerGolden.Model(17, batch), Everything);

            var shape = session.Describe(new(12, 16));

            Assert.Equal((3, 5), (shape.Classes, shape.Embedding));
            Assert.Equal([(4, 16, 12), (6, 8, 6), (8, 4, 3)], shape.Features.Select(f => (f.Channels, f.Height, f.Width)));
            Assert.All(shape.Features, f => Assert.Matches("[Rr]elu", f.Name));
        }
    }

    [Theory]
    [InlineData(0, 0, false, false)]
    [InlineData(1, 0, false, true)]
    [InlineData(2, 3, false, false)]
    [InlineData(4, 0, true, false)]
    public void OnlyWhatIsWantedIsGiven(int parts, int features, bool embedding, bool logits)
    {
        using var scope = NewDisposeScope();
        using var session = Open(InnerGolden.Model(), (TeacherParts)parts);

        var (shape, output) = (session.Describe(new(12, 16)), session.Forward(Pixels()));

        Assert.Equal((features, embedding, logits), (output.Features.Count, output.Embedding is not null, output.Logits is not null));
        Assert.Equal((features, embedding, logits), (shape.Features.Count, shape.Embedding is not null, shape.Classes is not null));
    }

    [Fact]
    public void NamedOnesAreGivenInTheirOrder()
    {
        using var scope = NewDisposeScope();
        var maps = Teacher(InnerGolden.Model()).Inspect().FeatureMaps;
        var (sum, stem) = (maps.Last(m => m.Operator == "Add").Name, maps[0].Name);
        using var session = Open(InnerGolden.Model(), Everything, new() { FeatureNames = [sum, stem], EmbeddingName = sum });

        var output = session.Forward(Pixels());

        Assert.Equal([[5L, 6, 8, 6], [5L, 4, 16, 12]], output.Features.Select(f => f.shape));
        Numbers.Close(Golden.Inner[1].Values.Doubles(), Numbers.Of(output.Features[0].clamp_min(0)), 1e-5);
        Numbers.Close(Numbers.Of(output.Features[0].mean([2, 3])), Numbers.Of(output.Embedding!), 1e-6);
        Assert.Equal([sum, stem], session.Describe(new(12, 16)).Features.Select(f => f.Name));
    }

    [Fact]
    public void NamesThatAreNotThereAreAnsweredWithNearOnes()
    {
        Assert.Equal(
            "model computes no tensor '/Relu_3_Output', which OnnxTeacherOptions.FeatureNames names; near it are '/Relu_3_output_0', '/Relu_1_output_0', '/Relu_2_output_0', '/Relu_4_output_0', '/Relu_5_output_0'. OnnxTeacher.Inspect lists all feature maps.",
            Fault(() => Open(InnerGolden.Model(), TeacherParts.Features, new() { FeatureNames = ["/Relu_3_Output"] })));
        Assert.StartsWith(
            "model computes no tensor 'pooled', which OnnxTeacherOptions.EmbeddingName names; near it are ", Fault(() => Open(InnerGolden.Model(), TeacherParts.Embedding, new() { EmbeddingName = "pooled" })),
            StringComparison.Ordinal);
        Open(InnerGolden.Model(), TeacherParts.Logits, new() { FeatureNames = ["unused"], EmbeddingName = "unused" }).Dispose();
    }

    [Fact]
    public void ATensorThatIsNoMapIsRefused()
    {
        using var session = Open(InnerGolden.Model(), TeacherParts.Features, new() { FeatureNames = ["logits"] });

        Assert.Equal(
            "model: tensor 'logits' is 1×3 for 1 images; a feature map, which has four axes, is needed. OnnxTeacher.Inspect lists all feature maps.",
            Fault(() => session.Describe(new(12, 16))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MapsOfTensorFlowsLayoutAreTurned(bool tappedBehindTheTransposition)
    {
        using var scope = NewDisposeScope();
        using var session = Open(InnerNetworks.ChannelsLast(), TeacherParts.Features | TeacherParts.Embedding, new() { FeatureNames = tappedBehindTheTransposition ? ["turned"] : null });
        using var plain = Open(InnerNetworks.ChannelsLast(), TeacherParts.Features, new() { FeatureNames = ["relu"] });
        var pixels = rand([3, 3, 6, 8]) * 255;

        var output = session.Forward(pixels);

        Assert.Equal([3, 5, 6, 8], output.Features[^1].shape);
        Assert.Equal(Numbers.Floats(plain.Forward(pixels).Features[0]), Numbers.Floats(output.Features[^1]));
        Numbers.Close(Numbers.Of(output.Features[^1].mean([2, 3])), Numbers.Of(output.Embedding!), 1e-5);
    }

    [Fact]
    public void ABackboneTeachesWithoutScores()
    {
        using var scope = NewDisposeScope();
        var teacher = Teacher(InnerNetworks.Backbone());
        using var opened = OpenedTeacher.Open(teacher, new TeacherSettings(CPU, 1, TeacherParts.Features | TeacherParts.Embedding), ["any", "classes"]);

        var (shape, output) = (opened.Describe(new(8, 6)), opened.Forward(rand([2, 3, 6, 8])));

        Assert.Null(shape.Classes);
        Assert.Equal([2, 5, 6, 8], Assert.Single(output.Features).shape);
        Numbers.Close(Numbers.Of(output.Features[0].mean([2, 3])), Numbers.Of(output.Embedding!), 1e-5);
        Assert.Equal(
            "(from bytes) has no output that a classifier of images would have; it has 'pooled' (Float N×5×A×B).",
            Fault(() => OpenedTeacher.Open(teacher, new TeacherSettings(CPU, 1), ["any", "classes"])));
    }

    [Fact]
    public void ANetworkWithoutAnyGivesNone()
    {
        using var scope = NewDisposeScope();
        using var session = Open(new Classifiers(new(5, 4), 3).ToBytes(), TeacherParts.Features | TeacherParts.Embedding);

        var output = session.Forward(zeros(2, 3, 4, 5));

        Assert.Empty(output.Features);
        Assert.Equal(60, session.Describe(new(5, 4)).Embedding); // the pixels, which the only layer is given flat
        Assert.Equal("No embedding.", Teacher(InnerNetworks.Branches()).Inspect().ToString().Split(Environment.NewLine)[^1]);
    }

    [Fact]
    public void OtherClassesDoNotMatterWhereLogitsAreNotWanted()
    {
        using var opened = OpenedTeacher.Open(Teacher(InnerGolden.Model()), new TeacherSettings(CPU, 1, TeacherParts.Features), ["one", "two"]);

        Assert.Null(opened.Describe(new(12, 16)).Classes);
    }

    [Fact]
    public void TheFileStaysAsItIs()
    {
        using var scope = NewDisposeScope();
        var file = OnnxModelFile.FromBytes(InnerGolden.Model(), "model");
        var options = new OnnxTeacherOptions { Normalization = ImageNormalization.ZeroToOne };
        using var session = new OnnxTeacherSession(file, OnnxClassifierShape.Find(file, options), options.Normalization, options, new TeacherSettings(CPU, 1, Everything));

        session.Forward(Pixels());

        Assert.Equal(["logits"], file.Outputs.Select(o => o.Name));
        Assert.Equal(InnerGolden.Model().Length, session.ModelBytes);
    }

    [Fact]
    public void NoTensorIsLeftBehind()
    {
        using var scope = NewDisposeScope();
        using var session = Open(InnerGolden.Model(), Everything);
        session.Forward(Pixels());
        var pixels = Pixels();
        var before = scope.DisposablesCount;

        session.Describe(new(12, 16));
        session.Forward(pixels);

        Assert.Equal(before + 5, scope.DisposablesCount); // logits, three maps, the embedding
    }

    [Fact]
    public void InspectionTellsWhatThereIs()
    {
        var found = Teacher(InnerGolden.Model()).Inspect(new(99, 99)); // the file's own size goes before

        Assert.Equal((new ImageSize(12, 16), "logits", 5), (found.ImageSize, found.OutputName, found.EmbeddingLength));
        Assert.Equal([(4, 16, 12), (6, 8, 6), (8, 4, 3)], found.DefaultFeatureMaps.Select(m => (m.Channels, m.Height, m.Width)));
        Assert.All(found.DefaultFeatureMaps, m => Assert.Equal("Relu", m.Operator));
        Assert.Contains(found.FeatureMaps, m => m is { Height: 1, Width: 1, IsDefault: false });
        Assert.Contains($"{found.DefaultFeatureMaps[2].Name} (Relu) 8×4×3, default", found.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"Embedding: {found.EmbeddingName} 5", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void InspectionTellsWhatTheFileDeclares()
    {
        var found = Teacher(InnerNetworks.ChannelsLast()).Inspect();
        var backbone = Teacher(InnerNetworks.Backbone(anySize: true)).Inspect(new(40, 24));

        Assert.Equal(("image", ImageLayout.Nhwc, "scores", 2, null, false), (found.InputName, found.Layout, found.OutputName, found.ClassCount, found.BatchSize, found.EndsInSoftmax));
        Assert.Equal("image (Float N×6×8×3)", Assert.Single(found.Inputs).ToString());
        Assert.Equal("scores (Float N×2)", Assert.Single(found.Outputs).ToString());
        Assert.StartsWith(
            string.Join(Environment.NewLine, "Input image (Float N×6×8×3), the image as Nhwc", "Output scores (Float N×2), scores of 2 classes", "Feature maps for an image of 8×6:"),
            found.ToString(), StringComparison.Ordinal);
        Assert.Equal((null, null), (backbone.OutputName, backbone.ClassCount));
        Assert.StartsWith(
            string.Join(Environment.NewLine, "Input image (Float N×3×H×W), the image as Nchw", "Output pooled (Float N×5×A×B)", "Feature maps"), backbone.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InspectionTellsOfBatchesAndProbabilities(bool softmax)
    {
        var model = new Classifiers(new(5, 4), 3) { Batch = softmax ? 1 : "N", Tail = (graph, logits) => softmax ? graph.Softmax(logits, axis: 1) : logits };

        var found = Teacher(model.ToBytes()).Inspect();

        Assert.Equal((softmax ? 1 : null, softmax), ((int?)found.BatchSize, found.EndsInSoftmax));
        Assert.Contains($", {(softmax ? "probabilities" : "scores")} of 3 classes", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ATensorOfUnknownShapeOrNoneIsWrittenInWords()
    {
        Assert.Equal("x (Int64 of unknown shape)", new OnnxTensorInfo("x", "Int64", null).ToString());
        Assert.Equal("x (Int64 scalar)", new OnnxTensorInfo("x", "Int64", []).ToString());
    }

    [Fact]
    public void InspectionOfAnySizeTakesTheOneGiven() =>
        Assert.Equal([(5, 24, 40)], Teacher(InnerNetworks.Backbone(anySize: true)).Inspect(new(40, 24)).DefaultFeatureMaps.Select(m => (m.Channels, m.Height, m.Width)));

    [Fact]
    public void NamesAreChecked()
    {
        var faults = new Faults("Options");
        Teacher(InnerGolden.Model(), new() { FeatureNames = [] }).Validate(faults);
        Teacher(InnerGolden.Model(), new() { FeatureNames = ["a", ""] }).Validate(faults);

        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ", "Options: 2 faults.", "ONNX teacher (from bytes): FeatureNames is empty; name feature maps, or leave it null for the automatic ones.",
                "ONNX teacher (from bytes): FeatureNames holds an empty name; leave it out. (Parameter 'o')"),
            Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message);
    }

    private static void AssertGolden(IReadOnlyList<Tensor> features, Tensor embedding)
    {
        Assert.Equal(Golden.Inner.Select(i => i.Shape), features.Append(embedding).Select(f => f.shape));
        foreach (var (expected, actual) in Golden.Inner.Zip(features.Append(embedding)))
            Numbers.Close(expected.Values.Doubles(), Numbers.Of(actual), 1e-5);
    }

    private static Tensor Pixels() => tensor(Golden.Pixels, Golden.Shape);

    private static OnnxTeacher Teacher(byte[] model, OnnxTeacherOptions? options = null) => OnnxTeacher.FromBytes(model, options);

    private static OnnxTeacherSession Open(byte[] model, TeacherParts parts, OnnxTeacherOptions? options = null)
    {
        var file = OnnxModelFile.FromBytes(model, "model");
        options ??= new();
        return new(file, OnnxClassifierShape.Find(file, options, needsScores: false), ImageNormalization.ZeroToOne, options, new TeacherSettings(CPU, Threads: 1, parts));
    }

    private static string Fault(Action action) => Assert.Throws<InvalidDataException>(action).Message;
}
