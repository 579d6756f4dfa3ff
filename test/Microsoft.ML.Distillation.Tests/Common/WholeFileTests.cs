using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Common;

public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FoldersAreMadeAndFilesReplaced()
    {
        var path = _folder[Path.Combine("new", "folder", "file.bin")];

        WholeFile.Write(path, [1, 2, 3]);
        WholeFile.Write(path, [4]);

        Assert.Equal([4], File.ReadAllBytes(path));
        Assert.Equal([path], Files());
    }

    [Fact]
    public void APathBeneathAFileIsRefusedAndNothingIsLeft()
    {
        File.WriteAllText(_folder["file"], "x");
        var path = _folder[Path.Combine("file", "student.onnx")];

        var error = Assert.Throws<IOException>(() => WholeFile.Write(path, [1]));

        Assert.Equal($"'{path}' can't be written: its folder '{_folder["file"]}' can't be made, because part of that path is a file. Choose another folder.", error.Message);
        Assert.Equal([_folder["file"]], Files());
    }

    [Fact]
    public void AFolderIsNoFile() => Assert.Equal(
        $"'{_folder.Path}' is a folder; give the path of a file.", Assert.Throws<IOException>(() => WholeFile.Write(_folder.Path, [1])).Message);

    private string[] Files() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
}
