namespace Microsoft.ML.Distillation.Tests.Runtime.Annotations;

public sealed class YoloAnnotationsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public YoloAnnotationsTests()
    {
        _folder.Write("images/a.png", AnnotationFiles.Png(640, 480));
        _folder.Write("classes.txt", "person\nbicycle \r\ncar\n\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SharesBecomePixels()
    {
        _folder.Write("images/night/b.png", AnnotationFiles.Png(100, 50));
        _folder.Write("images/c.png", AnnotationFiles.Png(300, 200));
        _folder.Write("images/notes.md", "not an image");
        _folder.Write("labels/a.txt", "0 0.5 0.5 0.25 0.5\r\n2.0 0.1 0.2 0.2 0.4\r\n\r\n");
        _folder.Write("labels/night/b.txt", "1 0.10 0.20 0.30 0.20 0.30 0.60 0.05 0.9\n");
        _folder.Write("labels/classes.txt", "person\nbicycle\ncar\n");

        Assert.Equal(
            [
                "images/a.png 640x480 | person 240 120 400 360 area 38400 | car 0 0 128 192 area 24576",
                "images/c.png 300x200",
                "images/night/b.png 100x50 | bicycle 5 10 30 45 area 875",
            ],
            Load().Select(r => r.Text()));
    }

    [Fact]
    public void TextFilesMayLieBesideTheImages()
    {
        _folder.Write("images/a.txt", "1 0.5 0.5 1 1");
        _folder.Write("images/train.txt", "images/a.png");

        var row = Assert.Single(_folder.Rows(_ml, _ml.LoadYoloAnnotations(_folder["images"], _folder["images"], _folder["classes.txt"])));

        Assert.Equal("images/a.png 640x480 | bicycle 0 0 640 480 area 307200", row.Text());
    }

    [Theory]
    [InlineData("0 0.5 0.5 0.1", "'labels/a.txt', line 1: 4 values; class x y width height are needed, or a class and the corners of an outline.")]
    [InlineData("0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1 0.99", "'labels/a.txt', line 2: 6 values; class x y width height are needed, or a class and the corners of an outline.")]
    [InlineData("\n\n3 0.5 0.5 0.1 0.1", "'labels/a.txt', line 3: the class is '3'; there are 3, counted from 0.")]
    [InlineData("-1 0.5 0.5 0.1 0.1", "'labels/a.txt', line 1: the class is '-1'; there are 3, counted from 0.")]
    [InlineData("0.5 0.5 0.5 0.1 0.1", "'labels/a.txt', line 1: the class is '0.5'; there are 3, counted from 0.")]
    [InlineData("3.0 0.5 0.5 0.1 0.1", "'labels/a.txt', line 1: the class is '3.0'; there are 3, counted from 0.")]
    [InlineData("person 0.5 0.5 0.1 0.1", "'labels/a.txt', line 1: the class is 'person'; there are 3, counted from 0.")]
    [InlineData("0 320 240 10 10", "'labels/a.txt', line 1: value 1 is '320'; a share of the image's size, 0…1, is needed (not pixels).")]
    [InlineData("0 0.5 0,5 0.1 0.1", "'labels/a.txt', line 1: value 2 is '0,5'; a share of the image's size, 0…1, is needed (not pixels).")]
    [InlineData("0 0.5 0.5 nan 0.1", "'labels/a.txt', line 1: value 3 is 'nan'; a share of the image's size, 0…1, is needed (not pixels).")]
    [InlineData("0 0.5 0.5 0.1 -0.1", "'labels/a.txt', line 1: value 4 is '-0.1'; a share of the image's size, 0…1, is needed (not pixels).")]
    public void WhatIsMalformedIsNamedByLine(string text, string message)
    {
        _folder.Write("labels/a.txt", text);

        Assert.Equal(message, _folder.Refusal(() => Load()).Replace('\\', '/'));
    }

    [Fact]
    public void ATextFileWithoutAnImageIsAnError()
    {
        foreach (var name in new[] { "a", "b", "c", "d/e", "f" })
            _folder.Write($"labels/{name}.txt", "");

        Assert.Equal("'labels' has 4 text file(s) without an image in 'images': b.txt, c.txt, d/e.txt, ….", _folder.Refusal(() => Load()).Replace('\\', '/'));
    }

    // A text beside images is one of boxes if it begins as one: lists, notes and class names may lie there too.
    [Fact]
    public void BesideImagesATextFileOfBoxesWithoutAnImageIsAnErrorToo()
    {
        _folder.Write("images/a.txt", "1 0.5 0.5 1 1");
        _folder.Write("images/notes.txt", "5 pictures of 3 streets");
        _folder.Write("images/empty.txt", "\n");
        _folder.Write("images/lost.txt", "\n0 0.5 0.5 0.1 0.1\n");

        Assert.Equal(
            "'images' has 1 text file(s) without an image in 'images': lost.txt.",
            _folder.Refusal(() => _ml.LoadYoloAnnotations(_folder["images"], _folder["images"], _folder["classes.txt"])).Replace(_folder["images"], "images", StringComparison.Ordinal));
    }

    [Fact]
    public void ALinkToAnImageIsAnImage()
    {
        _folder.Write("store/1.png", AnnotationFiles.Png(10, 20));
        File.CreateSymbolicLink(_folder["images/b.png"], _folder["store/1.png"]);
        _folder.Write("labels/b.txt", "0 0.5 0.5 1 1");

        Assert.Equal(["images/a.png 640x480", "images/b.png 10x20 | person 0 0 10 20 area 200"], Load().Select(r => r.Text()));
    }

    [Theory]
    [InlineData("images")]
    [InlineData("labels")]
    public void ALinkToAFolderIsAnError(string where)
    {
        _folder.Write("labels/a.txt", "0 0.5 0.5 1 1");
        Directory.CreateDirectory(_folder["store"]);
        Directory.CreateSymbolicLink(_folder[$"{where}/linked"], _folder["store"]);
        Directory.CreateSymbolicLink(_folder[$"{where}/round"], _folder[where]);

        Assert.Equal(
            $"'{where}' has 2 link(s) to folders, which are not followed: linked, round. Put the folders themselves there, or links to their files.",
            _folder.Refusal(() => Load()).Replace(_folder[where], where, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("names: ['person', \"bike: red\", car]")]
    [InlineData("# a comment\npath: ../data\ntrain: images/train\nnc: 3 # classes\nnames: [ person, 'bike: red',\n  car, ]\n")]
    [InlineData("names:\n  0: person\n  1: 'bike: red'\n\n  2: car  # the last\ndownload: x")]
    [InlineData("train: x\nnames:\n- person\n- \"bike: red\"\n- car\nnc: 3")]
    [InlineData("names: {0: person, 1: 'bike: red', 2: car}")]
    [InlineData("\"names\":\r\n  - 'person'\r\n  - bike: red\r\n  - car\r\n")]
    [InlineData("names: {\"0\": \"person\", \"1\": 'bike: red', \"2\": car}")]
    [InlineData("names:\n  '0': person\n  \"1\": bike: red\n  '2': 'car'")]
    [InlineData("names: {2: car, 0: person, 1: 'bike: red'}")]
    [InlineData("names:\n  1: 'bike: red'\n  2: car\n  0: person")]
    public void NamesAreReadFromYamlInItsForms(string yaml)
    {
        _folder.Write("labels/a.txt", "1 0.5 0.5 1 1\n2 0.5 0.5 1 1");

        Assert.Equal(["bike: red", "car"], Assert.Single(Load(_folder.Write("data.yaml", yaml))).Label);
    }

    [Theory]
    [InlineData("names: ['it''s, all', \"a \\\"b\\\", c\"]")]
    [InlineData("names:\n- 'it''s, all' # 'it''s'\n- \"a \\\"b\\\", c\" # \"x\"")]
    [InlineData("names: {1: \"a \\\"b\\\", c\", 0: 'it''s, all'} # 'x'")]
    public void QuotesWithinNamesAreAsTheyAreMeant(string yaml)
    {
        _folder.Write("labels/a.txt", "0 0.5 0.5 1 1\n1 0.5 0.5 1 1");

        Assert.Equal(["it's, all", "a \"b\", c"], Assert.Single(Load(_folder.Write("data.yaml", yaml))).Label);
    }

    [Theory]
    [InlineData("data.yaml", "names: {0: a, 0: b}", "'data.yaml': 'names' has 0 where 1 is due; classes are numbered from 0 without a gap.")]
    [InlineData("data.yaml", "names: {1: a, 2: b}", "'data.yaml': 'names' has 1 where 0 is due; classes are numbered from 0 without a gap.")]
    [InlineData("data.yaml", "names: {0: a, 99999999999: b}", "'data.yaml': 'names' has 99999999999 where 1 is due; classes are numbered from 0 without a gap.")]
    [InlineData("data.yaml", "nc: 3\ntrain: x", "'data.yaml' has no 'names', which tell what the classes are called.")]
    [InlineData("data.yaml", "nc: 3\nnames: [a, b]", "'data.yaml': 'nc' is 3, but 'names' has 2.")]
    [InlineData("data.yaml", "names:\n  0: a\n  2: b", "'data.yaml': 'names' has 2 where 1 is due; classes are numbered from 0 without a gap.")]
    [InlineData("data.yaml", "train: x\nnames: [a, b", "'data.yaml', line 2: 'names' has no closing ']'.")]
    [InlineData("data.yaml", "names: classes.txt", "'data.yaml', line 1: 'names' is 'classes.txt'; a list of names is needed.")]
    [InlineData("data.yaml", "names: [a, '', b]", "'data.yaml': class 1 has no name.")]
    [InlineData("obj.names", "\n\n", "'obj.names' names no classes.")]
    [InlineData("obj.names", "a\n\nb", "'obj.names': class 1 has no name.")]
    public void NamesThatCannotBeReadAreErrors(string name, string text, string message) =>
        Assert.Equal(message, _folder.Refusal(() => Load(_folder.Write(name, text))));

    [Fact]
    public void AFolderWithoutImagesOrTextFilesIsAnError()
    {
        Assert.Equal($"There is no folder '{_folder["labels"]}' of text files.", Assert.Throws<DirectoryNotFoundException>(() => Load()).Message);
        Directory.CreateDirectory(_folder["labels"]);
        Assert.Equal("images/a.png 640x480", Assert.Single(Load()).Text());
        File.Delete(_folder["images/a.png"]);
        Assert.Equal("'images' has no images.", _folder.Refusal(() => Load()));
    }

    private AnnotatedImage[] Load(string? classes = null) => _folder.Rows(_ml, _ml.LoadYoloAnnotations(_folder["labels"], _folder["images"], classes ?? _folder["classes.txt"]));
}
