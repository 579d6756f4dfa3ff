namespace Microsoft.ML.Distillation.Tests.Runtime.Annotations;

public sealed class VottAnnotationsTests : IDisposable
{
    // As VoTT 2 exports it.
    private const string Sample = """
        {
            "name": "StopSigns", "securityToken": "StopSigns Token", "videoSettings": { "frameExtractionRate": 15 },
            "tags": [{ "name": "stop-sign", "color": "#5db300" }, { "name": "sign", "color": "#e81123" }],
            "id": "-Q4tTDqbH", "version": "2.2.0", "lastVisitedAssetId": "0ab8d2bd44f6f42d4e8ef6aa1dec2a1c",
            "assets": {
                "0ab8d2bd44f6f42d4e8ef6aa1dec2a1c": {
                    "asset": { "format": "jpg", "id": "0ab8d2bd44f6f42d4e8ef6aa1dec2a1c", "name": "stop sign 1.jpg", "path": "file:C:/Users/me/stop%20sign%201.jpg",
                        "size": { "width": 800, "height": 600 }, "state": 2, "type": 1 },
                    "regions": [
                        { "id": "YTPTvUyt7", "type": "RECTANGLE", "tags": ["stop-sign", "sign"],
                          "boundingBox": { "height": 211.5, "width": 200.25, "left": 100.5, "top": 50 },
                          "points": [{ "x": 100.5, "y": 50 }, { "x": 300.75, "y": 50 }, { "x": 300.75, "y": 261.5 }, { "x": 100.5, "y": 261.5 }] }
                    ],
                    "version": "2.2.0"
                },
                "1": { "asset": { "name": "empty.jpg" }, "regions": [] }
            }
        }
        """;

    private const string Small = """{"assets":{"x":{"asset":{"name":"a.jpg","size":{"width":9,"height":9}},"regions":[{"tags":["t"],"boundingBox":{"height":1,"width":2,"left":3,"top":4}}]}}}""";

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RegionsAreObjectsOfEachOfTheirTags() => Assert.Equal(
        ["stop sign 1.jpg 800x600 | stop-sign 100.5 50 300.75 261.5 area 42352.875 | sign 100.5 50 300.75 261.5 area 42352.875", "empty.jpg 0x0"],
        Load(Sample).Select(r => r.Text()));

    [Fact]
    public void AssetsMayBeAList()
    {
        var list = Small.Replace("{\"x\":", "[", StringComparison.Ordinal)[..^2] + "]}";

        Assert.Equal(["a.jpg 9x9 | t 3 4 5 5 area 2"], Load(list).Select(r => r.Text()));
    }

    [Fact]
    public void AFileOfOneAssetIsLoaded()
    {
        var one = Small["{\"assets\":{\"x\":".Length..^2].Replace("\"regions\"", "\"version\":\"2.2.0\",\"regions\"", StringComparison.Ordinal);

        Assert.Equal(["a.jpg 9x9 | t 3 4 5 5 area 2"], Load(one).Select(r => r.Text()));
    }

    [Theory]
    [InlineData("""{"frames":{"1.jpg":[{"x1":1,"tags":["t"]}]},"framerate":"1","inputTags":"t"}""", "'a.json' is VoTT 1's ('frames'). Export from there in PASCAL VOC's or YOLO's format")]
    [InlineData("""{"name":"p","sourceConnection":{"id":"x"},"assets":{"x":{"id":"x","name":"a.jpg"}}}""", "'a.json' is a VoTT project ('sourceConnection'), which does not hold what is on the images. Choose 'VoTT JSON'")]
    public void OtherFilesOfVottAreRefusedWithARemedy(string text, string message) => Assert.StartsWith(message, _folder.Refusal(() => Load(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"left\":3,", "", "'a.json', asset 'a.jpg', region 0: 'boundingBox.left' is missing.")]
    [InlineData("\"boundingBox\"", "\"box\"", "'a.json', asset 'a.jpg', region 0: 'boundingBox' is missing.")]
    [InlineData("[\"t\"]", "[]", "'a.json', asset 'a.jpg', region 0: 'tags' is missing or empty; an object needs a class. Tag the region in VoTT or delete it, and export anew.")]
    [InlineData("[\"t\"]", "[\"t\",null]", "'a.json', asset 'a.jpg', region 0: 'tags' is missing or empty; an object needs a class. Tag the region in VoTT or delete it, and export anew.")]
    [InlineData("\"height\":1", "\"height\":-1", "'a.json', asset 'a.jpg', region 0: the box 3 4 5 3 (x0 y0 x1 y1) has its right or lower edge before the left or upper one.")]
    [InlineData("[{\"tags\"", "[null,{\"tags\"", "'a.json', asset 'a.jpg', region 0 is null.")]
    [InlineData("\"name\":\"a.jpg\",", "", "'a.json', asset 0: 'name' is missing or empty; the name of an image file is needed.")]
    [InlineData("\"width\":9", "\"width\":0.5", "'a.json', asset 'a.jpg': 'size.width' is 0.5; a number of pixels is needed.")]
    [InlineData("\"asset\"", "\"image\"", "'a.json': entry 0 of 'assets' has no 'asset'.")]
    [InlineData("\"assets\"", "\"images\"", "'a.json' has no 'assets'.")]
    public void WhatIsMalformedIsNamed(string part, string instead, string message)
    {
        Assert.Contains(part, Small, StringComparison.Ordinal);

        Assert.Equal(message, _folder.Refusal(() => Load(Small.Replace(part, instead, StringComparison.Ordinal))));
    }

    [Fact]
    public void AssetsOfAnotherKindAndNamesOutsideOfTheFolderAreRefused()
    {
        Assert.StartsWith("'a.json', line 1: $.assets can't be read as VoTT's format has it: Assets must be an object or a list.", _folder.Refusal(() => Load("{\"assets\": 3}")), StringComparison.Ordinal);
        Assert.StartsWith("'a.json', line 1: ", _folder.Refusal(() => Load("{\"assets\": [{\"regions\": 3}]}")), StringComparison.Ordinal);
        Assert.StartsWith(
            "'a.json', asset 0: 'name' is '../a.jpg', which is not inside the folder of images", _folder.Refusal(() => Load(Small.Replace("a.jpg", "../a.jpg", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    private AnnotatedImage[] Load(string text) => _folder.Rows(_ml, _ml.LoadVottAnnotations(_folder.Write("a.json", text)));
}
