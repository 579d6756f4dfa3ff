using System.IO.Compression;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Samples.Common;
using Samples.Common.Images;

namespace Microsoft.ML.Distillation.Tests.Malformed;


/// <summary>Every bad archive through the sample's --data.</summary>
public class BadArchivesTests
{
    private const string Kind = "archives";

    private static readonly Dictionary<string, string> Words = new()
    {
        ["bomb.zip"] = "bytes unpack to 83,8",
        ["overlapping.zip"] = "bytes unpack to 838,860,800 bytes or more",
        ["lying-bomb.zip"] = "its entry 'train/a/000.png' is damaged: the checksum is wrong",
        ["dot-dot.zip"] = "its entry '../escaped.png' points out of the archive",
        ["dot-dot-inside.zip"] = "its entry 'train/../../escaped.png' points out of the archive",
        ["absolute.zip"] = "its entry '/tmp/escaped.png' points out of the archive",
        ["drive.zip"] = "its entry 'C:/escaped.png' points out of the archive",
        ["backslash.zip"] = @"its entry 'train/a\..\..\..\escaped.png' points out of the archive",
        ["backslash-root.zip"] = @"its entry '\escaped.png' points out of the archive",
        ["escaping-script.zip"] = "its entry '../../run-me.sh' points out of the archive",
        ["symbolic-link.zip"] = "its entry 'train/a/link.png' is a symbolic link",
        ["same-name-twice.zip"] = "it has two entries that become 'train/a/0.png'",
        ["file-and-folder.zip"] = "its entry 'train/a/0.png/1.png' lies in 'train/a/0.png', which is a file in it",
        ["encrypted.zip"] = "its entry 'train/a/0.png' is encrypted",
        ["long-name.zip"] = "it has an entry with a name of 2010 characters",
        ["control-character.zip"] = "points out of the archive, or can't be the name of a file",
        ["cut-in-half.zip"] = "can't be read as a zip file",
        ["cut-directory.zip"] = "can't be read as a zip file",
        ["text.zip"] = "can't be read as a zip file",
        ["empty.zip"] = "can't be read as a zip file",
        ["no-images.zip"] = "holds training images of 0 classes",
        ["wrong-compression.zip"] = "can't be read as a zip file",
    };

    public static TheoryData<string> Names => [.. Words.Keys];

    [Fact]
    public void EveryFileHasACase() => Assert.Equal(Words.Keys.Append("fine.zip").Order(StringComparer.Ordinal), MalformedFiles.Names(Kind));

    [Fact]
    public void TheOneThatIsFineIsUnpacked()
    {
        using var folder = new TemporaryFolder();

        var data = Open(folder, "fine.zip");

        Assert.Equal((4, 4), (data.Train.Count, data.Test.Count));
        Assert.Equal(["a", "b"], data.Classes);
        Assert.All(data.Train.Concat(data.Test), row => Assert.StartsWith(folder.Path, row.ImagePath, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheyAreRefusedAndLeaveNothing(string name)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<InvalidDataException>(() => Open(folder, name));

        Assert.Contains(Words[name], error.Message, StringComparison.Ordinal);
        if (name == "no-images.zip")
            return; // sound, and unpacked to an empty folder
        Assert.StartsWith($"--data '{MalformedFiles.PathOf(Kind, name)}' can't be read as a zip file: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(["inside", "inside/data"], folder.Names.Select(n => n.Replace('\\', '/')));
        Assert.False(File.Exists("/tmp/escaped.png"));
    }

    [Fact]
    public void TheNumberOfFilesIsLimited()
    {
        using var folder = new TemporaryFolder();
        using var archive = ZipFile.OpenRead(MalformedFiles.PathOf(Kind, "fine.zip"));

        var error = Assert.Throws<InvalidDataException>(() => new ZipFiles(archive, 1, DatasetReader.IsImage, mostFiles: 7).ExtractTo(folder.Path, CancellationToken.None));

        Assert.Equal("it holds more than 7 files to unpack.", error.Message);
        Assert.Empty(folder.Names);
        new ZipFiles(archive, 1, DatasetReader.IsImage, mostFiles: 8).ExtractTo(folder.Path, CancellationToken.None);
        Assert.Equal(8, folder.Names.Count(n => n.EndsWith(".png", StringComparison.Ordinal)));
    }

    private static Dataset Open(TemporaryFolder folder, string name) =>
        DataSource.Open(MalformedFiles.PathOf(Kind, name), folder["inside"], seed: 1, _ => { });
}
