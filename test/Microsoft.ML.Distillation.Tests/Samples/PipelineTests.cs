using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>The README's lines, run.</summary>
public sealed class PipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WhatItSavesPredictsOnceItIsReloaded()
    {
        LabelledFolders.Write(_folder["images"], Drawn.Rows(36), Drawn.Rows(12, seed: 2));
        // Keys come in the order of the folders, which is alphabetical; the teacher names no classes, and is checked to be of that order.
        File.WriteAllBytes(_folder["teacher.onnx"], ColourTeacher.Model(["blue", "green", "red"], size: 32));

        var said = await SampleProcess.Run("Pipeline", _folder.Path, _folder["images"], _folder["teacher.onnx"]);

        Assert.Matches(@"^[0-9.]+ ?% of the test images are right; the first is a (red|green|blue) \([0-9]+ ?%\)\.$", said[^1]);
        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<Picture, Prediction>(ml.Model.Load(_folder["student.zip"], out _));
        var prediction = engine.Predict(new Picture { Path = Directory.GetFiles(_folder["images/test/red"])[0] });
        Assert.Contains(prediction.Name, Drawn.Classes);
        Assert.Equal(1, prediction.Score.Sum(), 1e-4);
    }

    [Fact]
    public async Task AFolderThatIsNotThereIsToldHowToBeNamed()
        => Assert.StartsWith("Usage: build/sample.sh Pipeline", await SampleProcess.Refuse("Pipeline", _folder.Path, _folder["none"], _folder["none.onnx"]), StringComparison.Ordinal);

    private sealed class Picture
    {
        public string Path { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Prediction
    {
        public string Name { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
