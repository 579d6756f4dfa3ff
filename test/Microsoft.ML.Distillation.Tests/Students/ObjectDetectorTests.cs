using Microsoft.ML.Distillation.Tests.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.Students;

public class ObjectDetectorTests
{
    [Theory]
    [InlineData("yolov5n", 80, 1_872_157)]
    [InlineData("yolov5s", 80, 7_235_389)]
    [InlineData("yolov5m", 80, 21_190_557)]
    [InlineData("yolov5l", 80, 46_563_709)]
    [InlineData("yolov5x", 80, 86_749_405)]
    [InlineData("retinanet_resnet18", 80, 20_820_276)]
    [InlineData("retinanet_resnet34", 80, 30_928_436)]
    [InlineData("retinanet_resnet50", 80, 33_839_924)]
    public void SizesAreThePublishedOnesAndPyTorchs(string name, int classes, long parameters)
    {
        var counts = DetectorGolden.Instance.Parameters[name];

        Assert.Equal(parameters, counts[classes]);
        foreach (var (count, expected) in counts.Where(c => c.Key is 1 || c.Key == classes))
        {
            using var module = ObjectDetector.Parse(name).CreateBlank(count);
            Assert.Equal(expected, module.CountParameters());
        }
    }

    /// <summary>torchvision publishes 34,014,999: BatchNorm's scales and offsets are no parameters there, since they are frozen.</summary>
    [Fact]
    public void RetinaNetIsAsLargeAsTorchvisions()
    {
        using var module = ObjectDetector.RetinaNetResNet50.CreateBlank(91);

        var norms = module.named_parameters().Where(p => p.Item2.dim() == 1 && p.Item1.Contains(".bn.", StringComparison.Ordinal)).Sum(p => p.Item2.numel());

        Assert.Equal(34_014_999, module.CountParameters() - norms);
        Assert.Equal(DetectorGolden.Instance.TorchvisionRetinaNet, module.CountParameters());
    }

    [Theory]
    [InlineData("yolov5n", "stem 16/2, stage1 32/4, stage2 64/8, stage3 128/16, stage4 256/32", "out3 64/8, out4 128/16, out5 256/32")]
    [InlineData("yolov5m", "stem 48/2, stage1 96/4, stage2 192/8, stage3 384/16, stage4 768/32", "out3 192/8, out4 384/16, out5 768/32")]
    [InlineData("retinanet_resnet18", "stem 64/2, layer1 64/4, layer2 128/8, layer3 256/16, layer4 512/32", "p3 256/8, p4 256/16, p5 256/32, p6 256/64, p7 256/128")]
    [InlineData("retinanet_resnet50_w64", "stem 64/2, layer1 256/4, layer2 512/8, layer3 1024/16, layer4 2048/32", "p3 64/8, p4 64/16, p5 64/32, p6 64/64, p7 64/128")]
    public void MapsAreTheDocumentedOnes(string name, string backbone, string neck)
    {
        using var module = ObjectDetector.Parse(name).CreateBlank(2);

        string Text(IEnumerable<StageInfo> stages) => string.Join(", ", stages.Select(s => $"{s.Name} {s.Channels}/{s.Stride}"));
        Assert.Equal((backbone, neck), (Text(module.BackboneStages), Text(module.NeckStages)));
    }

    [Fact]
    public void AllArchitecturesAreListed()
    {
        Assert.Equal(
            "yolov5n, yolov5s, yolov5m, yolov5l, yolov5x, retinanet_resnet18, retinanet_resnet34, retinanet_resnet50",
            string.Join(", ", ObjectDetector.All.Select(a => a.Name)));
        Assert.Equal(ObjectDetector.All.Select(a => a.Name), DetectorGolden.Instance.Parameters.Keys);
        Assert.All(ObjectDetector.All, a => Assert.Equal(new ImageSize(640, 640), a.DefaultImageSize));
    }

    [Fact]
    public void NamesAreFoundInAnyCase()
    {
        Assert.Same(ObjectDetector.YoloV5n, ObjectDetector.Parse("YOLOv5n"));
        Assert.All(ObjectDetector.All, a => Assert.Same(a, ObjectDetector.Parse(a.ToString())));
        Assert.Equal("retinanet_resnet34_w128", ObjectDetector.Parse("RetinaNet_ResNet34_w128").Name);
        Assert.Same(ObjectDetector.RetinaNetResNet34, ObjectDetector.RetinaNet(34, 256));
    }

    [Theory]
    [InlineData("yolov5")]
    [InlineData("retinanet_resnet34_w7")]
    [InlineData("retinanet_resnet101_w64")]
    public void UnknownNamesAreAnsweredWithTheKnownOnes(string name) => Assert.Equal(
        $"Detector '{name}' is not known. Choose one of: {string.Join(", ", ObjectDetector.All.Select(a => a.Name))}. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => ObjectDetector.Parse(name)).Message);

    [Fact]
    public void OtherDepthsAndWidthsAreRefused()
    {
        Assert.StartsWith("There is no RetinaNet on a ResNet of that depth. Choose 18, 34 or 50.", Assert.Throws<ArgumentOutOfRangeException>(() => ObjectDetector.RetinaNet(101, 256)).Message, StringComparison.Ordinal);
        Assert.StartsWith("A pyramid's width must be in 8…1024.", Assert.Throws<ArgumentOutOfRangeException>(() => ObjectDetector.RetinaNet(18, 4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InitialWeightsAreAFunctionOfTheSeedAlone()
    {
        using var first = ObjectDetector.YoloV5n.CreateModule(Modules.Classes(3), seed: 5);
        using var second = ObjectDetector.YoloV5n.CreateModule(Modules.Classes(3), seed: 5);
        using var other = ObjectDetector.YoloV5n.CreateModule(Modules.Classes(3), seed: 6);

        Assert.Equal(Modules.Weights(first), Modules.Weights(second));
        Assert.NotEqual(Modules.Weights(first)["head.0.weight"], Modules.Weights(other)["head.0.weight"]);
        Assert.NotEqual(Modules.Weights(first)["backbone.stem.conv.weight"], Modules.Weights(other)["backbone.stem.conv.weight"]);
    }
}
