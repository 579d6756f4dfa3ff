namespace Microsoft.ML.Distillation.Tests.Runtime.Annotations;

public sealed class CocoAnnotationsTests : IDisposable
{
    // As https://cocodataset.org/#format-data describes it.
    private const string Sample = """
        {
          "info": { "year": 2017, "version": "1.0", "description": "a sample", "date_created": "2017/09/01" },
          "licenses": [{ "id": 1, "name": "CC", "url": "http://creativecommons.org/licenses/by/2.0/" }],
          "images": [
            { "id": 397133, "license": 1, "file_name": "000000397133.jpg", "height": 427, "width": 640, "date_captured": "2013-11-14 17:02:52" },
            { "id": 37777, "license": 1, "file_name": "kitchens/000000037777.jpg", "height": 230, "width": 352 },
            { "id": 252219, "file_name": "kitchens\\000000252219.jpg" }
          ],
          "annotations": [
            { "segmentation": [[510.66, 423.01, 511.72, 420.03, 510.45, 416.0]], "area": 702.1057, "iscrowd": 0, "image_id": 37777, "bbox": [102.5, 118.25, 7.5, 40], "category_id": 44, "id": 82445 },
            { "segmentation": { "counts": [272, 2, 4, 4], "size": [427, 640] }, "area": 220834, "iscrowd": 1, "image_id": 397133, "bbox": [0, 34, 639, 388], "category_id": 1, "id": 900100397133 },
            { "area": 1481.38, "iscrowd": 0, "image_id": 397133, "bbox": [388.66, 69.92, 109.41, 277.62], "category_id": 1, "id": 200887 },
            { "image_id": 37777, "bbox": [10, 20, 30, 0], "category_id": 44, "id": 7 }
          ],
          "categories": [{ "supercategory": "person", "id": 1, "name": "person" }, { "supercategory": "kitchen", "id": 44, "name": "bottle" }]
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BoxesStandWithTheirImages()
    {
        var rows = _folder.Rows(_ml, _ml.LoadCocoAnnotations(_folder.Write("instances.json", Sample)));

        Assert.Equal(
            [
                "000000397133.jpg 640x427 | person 388.66 69.92 498.07 347.54 area 1481.38",
                "kitchens/000000037777.jpg 352x230 | bottle 102.5 118.25 110 158.25 area 702.1057 | bottle 10 20 40 20 area 0",
                "kitchens/000000252219.jpg 0x0",
            ],
            rows.Select(r => r.Text()));
    }

    [Fact]
    public void CrowdsAreKeptWhereAskedFor()
    {
        var rows = _folder.Rows(_ml, _ml.LoadCocoAnnotations(_folder.Write("annotations/instances.json", Sample), _folder["images"], keepCrowds: true));

        Assert.Equal("images/000000397133.jpg 640x427 | person 0 34 639 422 area 220834 crowd | person 388.66 69.92 498.07 347.54 area 1481.38", rows[0].Text());
    }

    [Fact]
    public void IdsOfTextAndAMarkAtTheBeginningAreRead()
    {
        var file = _folder.Write("a.json", "\uFEFF" + """
            {"categories":[{"id":"c","name":"cat"}],"annotations":[{"id":"x","image_id":7.0,"category_id":"c","bbox":[1,2,3,4],"iscrowd":null}],"images":[{"id":"7","file_name":"a.png"}]}
            """);

        Assert.Equal(["a.png 0x0 | cat 1 2 4 6 area 12"], _folder.Rows(_ml, _ml.LoadCocoAnnotations(file)).Select(r => r.Text()));
    }

    [Theory]
    [InlineData("\"bbox\":[1,2,3,4]", "\"bbox\":[1,2,3]", "'a.json', annotation 17: 'bbox' has 3 values; x y width height are needed.")]
    [InlineData("\"bbox\":[1,2,3,4],", "", "'a.json', annotation 17: 'bbox' is missing; x y width height are needed.")]
    [InlineData("\"bbox\":[1,2,3,4]", "\"bbox\":[1,2,-3,4]", "'a.json', annotation 17: 'bbox' is -3×4 pixels; width and height can't be negative.")]
    [InlineData("\"bbox\":[1,2,3,4]", "\"bbox\":[1,2,1e999,4]", "'a.json', annotation 17: the box 1 2 Infinity 6 is not in pixels of any image.")]
    [InlineData("\"image_id\":5,", "", "'a.json', annotation 17: 'image_id' is missing.")]
    [InlineData("\"image_id\":5", "\"image_id\":6", "'a.json', annotation 17: 'image_id' is 6, which none of 'images' has as its id.")]
    [InlineData("\"category_id\":1", "\"category_id\":0", "'a.json', annotation 17: 'category_id' is 0, which none of 'categories' has as its id.")]
    [InlineData("\"area\":12", "\"area\":-1", "'a.json', annotation 17: 'area' is -1; 0 or more is needed.")]
    [InlineData("\"area\":12", "\"area\":1e300", "'a.json', annotation 17: the area is 1E+300; pixels, 0 or more, are needed.")]
    [InlineData("{\"id\":17", "null,{\"id\":17", "'a.json': annotations[0] is null.")]
    [InlineData("\"file_name\":\"a.jpg\"", "\"file_name\":\"\"", "'a.json', images id 5: 'file_name' is missing or empty; the name of an image file is needed.")]
    [InlineData("\"width\":10", "\"width\":-1", "'a.json', images id 5: 'width' is -1; a number of pixels is needed.")]
    [InlineData("{\"id\":5,", "{", "'a.json': images[0] has no 'id'.")]
    [InlineData("{\"id\":1,", "{\"id\":1,\"name\":\"dog\"},{\"id\":1,", "'a.json': categories[1] has the 'id' 1 of another; ids must differ.")]
    [InlineData("\"name\":\"cat\"", "\"name\":null", "'a.json', categories id 1: 'name' is missing or empty.")]
    [InlineData("\"annotations\"", "\"annotation\"", "'a.json' has no 'annotations'; for a file without any object, give an empty list.")]
    [InlineData("\"images\"", "\"image\"", "'a.json' has no 'images'.")]
    public void WhatIsMalformedIsNamed(string part, string instead, string message)
    {
        const string Good = """
            {"images":[{"id":5,"file_name":"a.jpg","width":10,"height":10}],"annotations":[{"id":17,"image_id":5,"category_id":1,"bbox":[1,2,3,4],"area":12}],"categories":[{"id":1,"name":"cat"}]}
            """;
        Assert.Single(_folder.Rows(_ml, _ml.LoadCocoAnnotations(_folder.Write("good.json", Good))));
        Assert.Contains(part, Good, StringComparison.Ordinal);
        var file = _folder.Write("a.json", Good.Replace(part, instead, StringComparison.Ordinal));

        Assert.Equal(message, _folder.Refusal(() => _ml.LoadCocoAnnotations(file)));
    }

    [Theory]
    [InlineData("{\"images\":[],\n\"annotations\":[{\"bbox\":[1,\"2\",3,4]}]}", "'a.json', line 2: $.annotations[0].bbox")]
    [InlineData("""{"images": {}}""", "'a.json', line 1: $.images can't be read as COCO's format has it: ")]
    [InlineData("[1, 2]", "'a.json', line 1: $ can't be read as COCO's format has it: ")]
    [InlineData("{\"images\": [", "'a.json', line 1: $.images")]
    [InlineData("null", "'a.json' is null; an object as COCO's format has it is needed.")]
    [InlineData("""{"annotations":[{"iscrowd":2}]}""", "'a.json', line 1: $.annotations[0].iscrowd can't be read as COCO's format has it: A flag must be 0, 1, true or false.")]
    public void WhatIsNotOfTheFormatIsNamedByLineAndPlace(string text, string message)
    {
        var file = _folder.Write("a.json", text);

        Assert.StartsWith(message, _folder.Refusal(() => _ml.LoadCocoAnnotations(file)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.jpg")]
    [InlineData("..\\\\secret.jpg")]
    [InlineData("a/../../secret.jpg")]
    [InlineData("/etc/passwd")]
    [InlineData(".")]
    [InlineData("a\\u0000.jpg")]
    public void ANameThatLeadsOutOfTheFolderIsRefused(string name)
    {
        var file = _folder.Write("a.json", $$"""{"images":[{"id":1,"file_name":"{{name}}"}],"annotations":[]}""");

        var message = _folder.Refusal(() => _ml.LoadCocoAnnotations(file));

        Assert.StartsWith("'a.json', images id 1: 'file_name' is '", message, StringComparison.Ordinal);
        Assert.EndsWith($"', which is not inside the folder of images, '{_folder.Path}'; give the folder that all images lie in.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void NestingIsLimitedEvenWhereNothingIsRead()
    {
        var file = _folder.Write("a.json", "{\"info\":" + new string('[', 100_000) + new string(']', 100_000) + "}");

        Assert.StartsWith("'a.json', line 1: ", _folder.Refusal(() => _ml.LoadCocoAnnotations(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsNamed() => Assert.Contains("nowhere.json", Assert.Throws<FileNotFoundException>(() => _ml.LoadCocoAnnotations(_folder["nowhere.json"])).Message, StringComparison.Ordinal);
}
