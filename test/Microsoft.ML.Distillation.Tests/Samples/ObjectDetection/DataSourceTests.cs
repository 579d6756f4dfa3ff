using System.IO.Compression;
using Microsoft.ML.Distillation.Tests.Runtime.Annotations;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

public sealed class DataSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AZipIsUnpackedWithItsAnnotationsAndNothingElse()
    {
        _folder.Images("in/pets/train", 3);
        _folder.Images("in/pets/test", 2);
        _folder.Write("in/pets/train/a.json", AnnotatedFolders.Coco(3));
        _folder.Write("in/pets/test/a.json", AnnotatedFolders.Coco(2));
        _folder.Write("in/pets/run-me.sh", "exit 1");
        ZipFile.CreateFromDirectory(_folder["in"], _folder["pets.zip"]);

        var data = Open(_folder["pets.zip"]);

        Assert.Equal(("pets", 3, 2), (data.Name, data.Train.Count, data.Test.Count));
        Assert.All(data.Train, row => Assert.StartsWith(_folder["out"], row.ImagePath, StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder["out"], "*", SearchOption.AllDirectories), file => file.EndsWith(".sh", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIsNotThereIsSaid() =>
        Assert.Equal($"--data '{_folder["x.zip"]}': there is no such folder or zip file.", Assert.Throws<FileNotFoundException>(() => Open(_folder["x.zip"])).Message);

    [Fact]
    public void ScenesAreDrawnOnce()
    {
        var drawn = Open(null, out var said);
        var again = Open(null, out var saidAgain);

        Assert.Equal((600, 150, "COCO"), (drawn.Train.Count, drawn.Test.Count, drawn.Format));
        Assert.Equal(["cross", "disc", "star", "triangle"], drawn.Classes);
        Assert.Equal(["Drawing 750 scenes."], said);
        Assert.Empty(saidAgain);
        Assert.Equal(drawn.Train.Select(row => row.ImagePath), again.Train.Select(row => row.ImagePath));
        Assert.All(drawn.Train.Concat(drawn.Test), row => Assert.Equal(4 * row.Label.Length, row.BoundingBoxes.Length));
    }

    private Dataset Open(string? data) => Open(data, out _);

    private Dataset Open(string? data, out List<string> said)
    {
        var lines = said = [];
        return DataSource.Open(new MLContext(1), new SampleOptions { Data = data, Out = _folder["out"] }, lines.Add, CancellationToken.None);
    }
}
