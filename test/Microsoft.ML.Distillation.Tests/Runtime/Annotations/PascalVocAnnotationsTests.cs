namespace Microsoft.ML.Distillation.Tests.Runtime.Annotations;

public sealed class PascalVocAnnotationsTests : IDisposable
{
    // As in the development kit of VOC 2012, parts and all.
    private const string Official = """
        <annotation>
        	<folder>VOC2012</folder>
        	<filename>2007_000027.jpg</filename>
        	<source>
        		<database>The VOC2007 Database</database>
        		<annotation>PASCAL VOC2007</annotation>
        		<image>flickr</image>
        	</source>
        	<size>
        		<width>486</width>
        		<height>500</height>
        		<depth>3</depth>
        	</size>
        	<segmented>0</segmented>
        	<object>
        		<name>person</name>
        		<pose>Unspecified</pose>
        		<truncated>0</truncated>
        		<difficult>0</difficult>
        		<bndbox>
        			<xmin>174</xmin>
        			<ymin>101</ymin>
        			<xmax>349</xmax>
        			<ymax>351</ymax>
        		</bndbox>
        		<part>
        			<name>head</name>
        			<bndbox>
        				<xmin>169</xmin>
        				<ymin>104</ymin>
        				<xmax>209</xmax>
        				<ymax>146</ymax>
        			</bndbox>
        		</part>
        	</object>
        	<object>
        		<name>chair</name>
        		<difficult>1</difficult>
        		<bndbox><xmax>30</xmax><xmin>1</xmin><ymax>40</ymax><ymin>1</ymin></bndbox>
        	</object>
        </annotation>
        """;

    // As labelling tools write it.
    private const string OfATool = """
        <?xml version="1.0" encoding="utf-8"?>
        <annotation verified="no">
          <filename>renamed</filename>
          <size><width>64</width><height>48</height><depth>3</depth></size>
          <object><name> cell </name><bndbox><xmin>0</xmin><ymin>0.5</ymin><xmax>64</xmax><ymax>4.75e1</ymax></bndbox></object>
        </annotation>
        """;

    private const string Small = "<annotation>\n<object><name>cell</name>\n<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>";

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public PascalVocAnnotationsTests()
    {
        foreach (var name in new[] { "2007_000027.jpg", "b.PNG", "c.jpeg" })
            _folder.Write($"JPEGImages/{name}", AnnotationFiles.Png(1, 1));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryFileIsAnImage()
    {
        _folder.Write("Annotations/b.xml", OfATool);
        _folder.Write("Annotations/a.xml", Official);
        _folder.Write("Annotations/c.xml", "<annotation/>");

        Assert.Equal(
            [
                "JPEGImages/2007_000027.jpg 486x500 | person 174 101 349 351 area 43750 | chair 1 1 30 40 area 1131",
                "JPEGImages/b.PNG 64x48 | cell 0 0.5 64 47.5 area 3008",
                "JPEGImages/c.jpeg 0x0",
            ],
            Load().Select(r => r.Text()));
    }

    [Fact]
    public void PixelsFromOneBecomeEdgesFromZeroAndDifficultObjectsGoWhereAsked()
    {
        _folder.Write("Annotations/a.xml", Official);

        var row = Assert.Single(_folder.Rows(_ml, _ml.LoadPascalVocAnnotations(_folder["Annotations"], _folder["JPEGImages"], countsFromOne: true, keepDifficult: false)));

        Assert.Equal("JPEGImages/2007_000027.jpg 486x500 | person 173 100 349 351 area 44176", row.Text());
    }

    [Fact]
    public void AListSaysWhichImagesAndInWhatOrder()
    {
        _folder.Write("Annotations/c.xml", "<annotation/>");
        _folder.Write("Annotations/b.xml", OfATool);
        _folder.Write("Annotations/a.xml", "not looked at");
        var list = _folder.Write("ImageSets/Main/cell_train.txt", "c  1\r\n\r\n b -1\r\n");

        Assert.Equal(["JPEGImages/c.jpeg", "JPEGImages/b.PNG"], Load(list).Select(r => r.ImagePath));
        Assert.Equal("'list.txt', line 2: there is no 'd.xml' in '" + _folder["Annotations"] + "'.", AllOf(() => Load(_folder.Write("list.txt", "b\nd")), "Annotations"));
        Assert.StartsWith("'list.txt', line 1 is '../x.xml', which is not inside the folder", _folder.Refusal(() => Load(_folder.Write("list.txt", "../x"))), StringComparison.Ordinal);
        Assert.Equal("'list.txt' lists no images.", _folder.Refusal(() => Load(_folder.Write("list.txt", "\n"))));
    }

    [Theory]
    [InlineData("<name>cell</name>", "", "'Annotations/c.xml', line 2, object 0: 'name' is missing or empty.")]
    [InlineData("<xmax>3</xmax>", "", "'Annotations/c.xml', line 2, object 0: 'bndbox' has no 'xmax'.")]
    [InlineData("<xmax>3</xmax>", "<xmax>three</xmax>", "'Annotations/c.xml', line 2, object 0: 'xmax' is 'three'; a number is needed.")]
    [InlineData("<xmax>3</xmax>", "<xmax>NaN</xmax>", "'Annotations/c.xml', line 2, object 0: 'xmax' is 'NaN'; a number is needed.")]
    [InlineData("<xmax>3</xmax>", "<xmax>0</xmax>", "'Annotations/c.xml', line 2, object 0: the box 1 2 0 4 (x0 y0 x1 y1) has its right or lower edge before the left or upper one.")]
    [InlineData("bndbox", "box", "'Annotations/c.xml', line 2, object 0: 'bndbox' is missing.")]
    [InlineData("<object>", "<size><width>wide</width></size><object>", "'Annotations/c.xml', line 2: 'width' is 'wide'; a number is needed.")]
    [InlineData("annotation>", "image>", "'Annotations/c.xml': the root is 'image'; PASCAL VOC's files begin with 'annotation'.")]
    public void WhatIsMalformedIsNamed(string part, string instead, string message)
    {
        Assert.Contains(part, Small, StringComparison.Ordinal);
        _folder.Write("Annotations/c.xml", Small.Replace(part, instead, StringComparison.Ordinal));

        Assert.Equal(message, _folder.Refusal(() => Load()).Replace('\\', '/'));
    }

    [Theory]
    [InlineData("<annotation>\n<object>", "'Annotations/c.xml', line 2: no XML that can be read: ")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]>\n<annotation>&b;</annotation>", "'Annotations/c.xml': no XML that can be read: For security reasons DTD is prohibited")]
    [InlineData("", "'Annotations/c.xml': no XML that can be read: ")]
    public void WhatIsNoPlainXmlIsRefused(string text, string message)
    {
        _folder.Write("Annotations/c.xml", text);

        Assert.StartsWith(message, _folder.Refusal(() => Load()).Replace('\\', '/'), StringComparison.Ordinal);
    }

    [Fact]
    public void ALongValueIsNotShownInFull()
    {
        _folder.Write("Annotations/c.xml", Small.Replace("<xmax>3", "<xmax>" + new string('9', 1000) + "x", StringComparison.Ordinal));

        Assert.EndsWith($"object 0: 'xmax' is '{new string('9', 100)}…'; a number is needed.", _folder.Refusal(() => Load()), StringComparison.Ordinal);
    }

    [Fact]
    public void AHugeFileIsRefused()
    {
        _folder.Write("Annotations/c.xml", $"<annotation>{new string(' ', 5 << 20)}</annotation>");

        Assert.Contains("no XML that can be read", _folder.Refusal(() => Load()), StringComparison.Ordinal);
    }

    [Fact]
    public void AnImageThatIsNotThereIsNamed()
    {
        _folder.Write("Annotations/d.xml", "<annotation><filename>x.jpg</filename></annotation>");

        Assert.Equal(
            $"'Annotations/d.xml': its image is not in '{_folder["JPEGImages"]}', neither 'x.jpg' (its 'filename') nor 'd' with the extension of an image.",
            AllOf(() => Load(), "JPEGImages"));
        _folder.Write("Annotations/d.xml", "<annotation><filename>../../x.jpg</filename></annotation>");
        Assert.StartsWith("'Annotations/d.xml': 'filename' is '../../x.jpg', which is not inside the folder", _folder.Refusal(() => Load()).Replace('\\', '/'), StringComparison.Ordinal);
    }

    // Tools write where the image lay on the machine it was labelled on.
    [Theory]
    [InlineData("/home/anna/pictures/2007_000027.jpg", "2007_000027.jpg")]
    [InlineData(@"C:\Users\Anna\2007_000027.jpg", "2007_000027.jpg")]
    [InlineData("D:/pictures/2007_000027.jpg", "2007_000027.jpg")]
    [InlineData(@"\\server\share\2007_000027.jpg", "2007_000027.jpg")]
    [InlineData("/home/anna/gone.jpg", "b.PNG")]
    [InlineData(@"C:\gone.jpg", "b.PNG")]
    [InlineData("/", "b.PNG")]
    public void OfAPathFromARootTheLastPartCounts(string named, string found)
    {
        _folder.Write("Annotations/b.xml", $"<annotation><filename>{named}</filename></annotation>");

        Assert.Equal($"JPEGImages/{found} 0x0", Assert.Single(Load()).Text());
    }

    [Fact]
    public void AFolderWithoutFilesIsAnError()
    {
        Directory.CreateDirectory(_folder["Annotations"]);

        Assert.Equal("'Annotations' has no XML files.", _folder.Refusal(() => Load()));
    }

    private AnnotatedImage[] Load(string? list = null) => _folder.Rows(_ml, _ml.LoadPascalVocAnnotations(_folder["Annotations"], _folder["JPEGImages"], list));

    /// <summary>A refusal that names a folder in full.</summary>
    private string AllOf(Func<object> load, string named) =>
        _folder.Refusal(load).Replace('\\', '/').Replace($"in '{named}'", $"in '{_folder[named]}'", StringComparison.Ordinal);
}
