using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.ML.Distillation.Tests.Checkup;
using Microsoft.ML.Distillation.Tests.Teachers;

namespace Microsoft.ML.Distillation.Tests.Samples.OnnxTeacherImport;

/// <summary>Teachers from elsewhere, imported by the sample.</summary>
public sealed class ImportTests : IDisposable
{
    private const string Sample = "OnnxTeacherImport";
    private static readonly string[] Order = ["leaf", "sand", "brick", "sky"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WhatTheFileDoesNotSayIsFoundAndTheStudentLearnsFromItsFeatures()
    {
        Prepare();

        var said = await SampleProcess.Run(
            Sample, _folder.Path, "--teacher", _folder["tints.onnx"], "--data", _folder["images"], "--out", _folder["out"], "--epochs", "2", "--threads", "1");

        foreach (var fault in new[] { "normalization", "class-order" })
            Assert.True(said.Any(line => line.StartsWith($"warning {fault}: ", StringComparison.Ordinal)), $"No {fault}: {string.Join('\n', said)}");
        Assert.Contains("Taken: normalisation Raw, channels Rgb, classes leaf, sand, brick, sky.", said);
        Assert.Contains("Student resnet8 on 200 images by KnowledgeDistillation and AttentionTransfer.", said);
        Assert.InRange(Share(said, "teacher"), 95, 100);
        Assert.InRange(Share(said, "student"), 0, 100);
        Assert.Equal(["report.html", "report.json", "student.onnx", "student.zip"], Written());
        Assert.Contains("AttentionTransfer", (string?)JsonNode.Parse(File.ReadAllText(_folder["out/report.json"]))!["options"]!["methods"], StringComparison.Ordinal);
        Assert.Equal("resnet8", ImageClassifier.FromOnnx(_folder["out/student.onnx"]).Name);
    }

    [Fact]
    public async Task ListOnlyLooks()
    {
        Prepare();

        var said = await SampleProcess.Run(Sample, _folder.Path, "--list", "--teacher", _folder["tints.onnx"], "--data", _folder["images"], "--out", _folder["out"]);

        Assert.Equal(
            [
                "tints.onnx:", "Input pixels (Float N×3×32×32), the image as Nchw", "Output scores (Float N×4), scores of 4 classes", "Feature maps for an image of 32×32:",
            ], said.Take(4));
        Assert.Contains(said, line => Regex.IsMatch(line, @"^\S+ \(Relu\) 3×32×32, default$"));
        Assert.Contains(said, line => Regex.IsMatch(line, @"^\S+ \(Relu\) 3×16×16, default$"));
        Assert.Contains(said, line => Regex.IsMatch(line, @"^Latency: [0-9]+\.[0-9]{2} ms "));
        Assert.StartsWith("Taken: ", said[^1], StringComparison.Ordinal);
        Assert.Empty(Written());
    }

    // PyTorch's, and one without scores.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithoutImagesTheFileAloneIsLookedAt(bool scores)
    {
        File.WriteAllBytes(_folder["any.onnx"], scores ? InnerGolden.Model() : InnerNetworks.Backbone());

        var said = await SampleProcess.Run(Sample, _folder.Path, "--list", "--teacher", _folder["any.onnx"], "--out", _folder["out"]);

        Assert.Contains(said, line => line.EndsWith(", default", StringComparison.Ordinal));
        Assert.Equal(!scores, said.Any(line => line.StartsWith("No output has class scores", StringComparison.Ordinal)));
        Assert.DoesNotContain(said, line => line.StartsWith("Taken: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FaultsOfTheCommandLineAreToldTogether()
    {
        Assert.Equal(
            string.Join(Environment.NewLine, "error: '--tea' is not an option of this sample.", "--epochs is '0'; expected a whole number from 1.", "--data is given and --teacher is not: name the .onnx file.", "  --help lists the options."),
            await SampleProcess.Refuse(Sample, _folder.Path, "--tea", "--epochs", "0", "--data", "x"));
        Assert.StartsWith(
            "error: ONNX model '", await SampleProcess.Refuse(Sample, _folder.Path, "--list", "--teacher", _folder["none.onnx"], "--out", _folder["out"]), StringComparison.Ordinal);
    }

    private void Prepare()
    {
        LabelledFolders.Write(_folder["images"], Tints.Rows(200), Tints.Rows(40, seed: 2));
        File.WriteAllBytes(_folder["tints.onnx"], TintNetwork.Model(Order));
    }

    private IEnumerable<string?> Written() => Directory.EnumerateFileSystemEntries(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static double Share(string[] said, string model)
        => double.Parse(Regex.Match(said.Single(line => line.StartsWith($"{model}: ", StringComparison.Ordinal)), @"[0-9.]+").Value, CultureInfo.InvariantCulture);
}
