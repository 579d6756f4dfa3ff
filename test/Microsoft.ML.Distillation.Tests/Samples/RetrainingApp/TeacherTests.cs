using Benchmarks.RetrainingApp;
using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>Teachers from elsewhere, beside the model in service.</summary>
public sealed class TeacherTests : IDisposable
{
    private const string Stars = "{0: 'cat', 1: 'star'}";
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task ADetectorLabelsWhatNobodyMarkedOfTheClassesThatItKnows()
    {
        using (SmallApp.StartDetector(_folder["begun"], "--drawings", "16"))
        {
        }
        var alone = await Trained("alone");
        var again = await Trained("again");
        var taught = await Trained("taught", "--teacher", Detector(Stars));

        // One thread, and the same seed, images and marks: the teacher is all that differs.
        Assert.Equal(alone, again);
        Assert.NotEqual(alone, taught);
    }

    [Fact]
    public async Task ItTeachesBesideTheModelInService()
    {
        using var app = SmallApp.StartDetector(_folder["data"], "--drawings", "16", "--epochs", "1", "--teacher", Detector(Stars));
        using var client = await AppClient.Connect(app.Url);
        Assert.Contains("(EndToEnd, 2 classes, pixels ZeroToOne) looks for star.", app.Said, StringComparison.Ordinal);

        var first = await client.Train();
        var second = await client.Train();

        Assert.Equal((1, 2, 1), (first.Id, second.Id, second.Parent));
    }

    [Theory]
    [InlineData("{0: 'cat', 1: 'dog'}", " knows none of the classes of the images. It knows cat, dog; expected some of cross, disc, star, triangle, equal letter by letter. Name its classes as they are called here")]
    [InlineData(null, " does not name its classes; expected names, to be matched with those of the images (cross, disc, star, triangle). Give them in the order of its outputs: --teacher-classes A,B,…")]
    [InlineData("{0: 'star'}", "")]
    public void ADetectorThatCantTeachIsRefusedBeforeTheAppStarts(string? names, string fault)
    {
        var teacher = Detector(names, names == "{0: 'star'}" ? [14, 14, 17, 17, .9f, 1, 0] : null);

        var said = Refusal("--task", "detection", "--drawings", "16", "--teacher", teacher);

        Assert.StartsWith("error: ", said, StringComparison.Ordinal);
        Assert.Contains(fault.Length > 0 ? $"--teacher '{teacher}'{fault}" : teacher, said, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesMayBeGivenForIt()
    {
        using var app = SmallApp.StartDetector(_folder["data"], "--drawings", "16", "--teacher", Detector(null), "--teacher-classes", "disc,thing");

        Assert.Contains("looks for disc.", app.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClassifierTeachesWhileItKnowsAllClasses()
    {
        string teacher;
        using (var app = SmallApp.Start(_folder["data"], "--epochs", "1"))
        using (var client = await AppClient.Connect(app.Url))
        {
            await client.Train();
            teacher = _folder["teacher.onnx"];
            File.Copy(Directory.GetFiles(_folder["data/models"], "*.onnx").Single(), teacher);
        }
        Assert.Contains(
            $"--teacher '{teacher}' knows none of the classes of the images. It knows a, b, c, d; expected some of bar, disc, ring, star", Refusal("--drawings", "40", "--teacher", teacher, "--teacher-classes", "a,b,c,d"),
            StringComparison.Ordinal);

        using var again = SmallApp.Start(_folder["data"], "--epochs", "1", "--teacher", teacher);
        using var taught = await AppClient.Connect(again.Url);
        Assert.Equal(2, (await taught.Train()).Id);
        Assert.DoesNotContain("does not know", again.Said, StringComparison.Ordinal);
        (await taught.Label((await taught.State()).Images.First(image => image.HeldOut == false).Id, "moon")).EnsureSuccessStatusCode();

        Assert.Contains("moon", (await taught.Train()).Classes);
        Assert.Contains($"The teacher '{teacher}' does not know moon: it teaches nothing while images have such labels.", again.Said, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A detector of 32×32 pixels with the suppression inside that finds its second class in the middle of every image.</summary>
    private string Detector(string? names, float[]? values = null)
    {
        var row = values ?? [14, 14, 17, 17, .9f, 1];
        var sketch = new Sketch(new Drawing("output0", row, [1, row.Length]));
        if (names is not null)
            sketch.Metadata["names"] = names;
        File.WriteAllBytes(_folder["detector.onnx"], sketch.ToBytes());
        return _folder["detector.onnx"];
    }

    /// <summary>The network of a first model that saw every image once, on a copy of the folder that was begun.</summary>
    private async Task<byte[]> Trained(string name, params string[] options)
    {
        foreach (var file in Directory.EnumerateFiles(_folder["begun"], "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder[name], Path.GetRelativePath(_folder["begun"], file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        using var app = SmallApp.StartDetector(_folder[name], ["--epochs", "1", .. options]);
        using var client = await AppClient.Connect(app.Url);
        await client.Train();
        return File.ReadAllBytes(Directory.GetFiles(_folder[$"{name}/models"], "*.onnx").Single());
    }

    private string Refusal(params string[] options)
    {
        var (exitCode, said) = AppProcess.Run(_folder["refused"], null, ["--urls", "http://127.0.0.1:0", .. options]);
        Assert.Equal(2, exitCode);
        return said;
    }
}
