using Microsoft.ML.Distillation.Tests.Runtime.Annotations;
using Samples.ObjectDetection.Data;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

/// <summary>Annotated images are found in the layouts that tools and data sets have, whatever the format.</summary>
public sealed class DatasetReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CocoInAFolderASplit()
    {
        foreach (var (split, count) in new[] { ("train", 4), ("valid", 3), ("test", 2) })
        {
            _folder.Images(split, count);
            _folder.Write($"{split}/_annotations.coco.json", AnnotatedFolders.Coco(count));
        }
        _folder.Write("README.roboflow.txt", "x");

        RequireParts("COCO", 4, 3, 2);
    }

    [Fact]
    public void CocoAsItIsPublished()
    {
        foreach (var (split, count) in new[] { ("train", 4), ("val", 2) })
        {
            _folder.Images($"{split}2017", count);
            _folder.Write($"annotations/instances_{split}2017.json", AnnotatedFolders.Coco(count));
            _folder.Write($"annotations/captions_{split}2017.json", """{"images":[{"id":0,"file_name":"0.png"}],"annotations":[{"id":1,"image_id":0,"caption":"x"}],"categories":[]}""");
        }

        RequireParts("COCO", 4, 0, 2);
    }

    [Fact]
    public void CocoWithImagesInAFolderOfTheirOwnIsSplit()
    {
        _folder.Images("set/images", 10);
        _folder.Write("set/result.json", AnnotatedFolders.Coco(10));

        RequireParts("COCO", 8, 0, 2);
    }

    [Fact]
    public void VottsExport()
    {
        _folder.Images("vott-json-export", 5);
        _folder.Write("vott-json-export/pets-export.json", AnnotatedFolders.Vott(5));
        _folder.Write("pets.vott", "{}");

        RequireParts("VoTT", 4, 0, 1);
    }

    [Fact]
    public void VocWithListsAndWithoutTheirSum()
    {
        _folder.Images("VOC2007/JPEGImages", 9);
        for (var i = 0; i < 9; i++)
            _folder.Write($"VOC2007/Annotations/{i}.xml", AnnotatedFolders.Voc(i));
        _folder.Write("VOC2007/ImageSets/Main/train.txt", "0\n1\n2\n3\n");
        _folder.Write("VOC2007/ImageSets/Main/val.txt", "4\n5\n6\n");
        _folder.Write("VOC2007/ImageSets/Main/trainval.txt", "0\n1\n2\n3\n4\n5\n6\n");
        _folder.Write("VOC2007/ImageSets/Main/cat_train.txt", "0 1\n1 -1\n2 1\n3 -1\n");
        _folder.Write("VOC2007/ImageSets/Main/test.txt", "7\n8\n");

        RequireParts("PASCAL VOC", 4, 3, 2);
    }

    [Fact]
    public void VocInAFolderASplit()
    {
        foreach (var (split, count) in new[] { ("train", 4), ("test", 2) })
        {
            _folder.Images(split, count);
            for (var i = 0; i < count; i++)
                _folder.Write($"{split}/{i}.xml", AnnotatedFolders.Voc(i));
        }

        RequireParts("PASCAL VOC", 4, 0, 2);
    }

    [Theory]
    [InlineData("{0}/images", "{0}/labels")]
    [InlineData("images/{0}", "labels/{0}")]
    [InlineData("{0}", "{0}")]
    public void YoloInItsThreeLayouts(string images, string labels)
    {
        foreach (var (split, count) in new[] { ("train", 4), ("val", 3), ("test", 2) })
        {
            _folder.Images(string.Format(null, images, split), count);
            for (var i = 0; i < count; i++)
                _folder.Write($"{string.Format(null, labels, split)}/{i}.txt", AnnotatedFolders.Yolo(i));
        }
        _folder.Write("data.yaml", "train: ../train/images\nnc: 2\nnames: ['cat', 'dog']\n");

        RequireParts("YOLO", 4, 3, 2);
    }

    [Fact]
    public void YoloWithoutPartsIsSplit()
    {
        _folder.Images("obj_train_data", 5);
        for (var i = 0; i < 5; i++)
            _folder.Write($"obj_train_data/{i}.txt", AnnotatedFolders.Yolo(i));
        _folder.Write("obj.names", "cat\ndog\n");

        RequireParts("YOLO", 4, 0, 1);
    }

    [Fact]
    public void TheSplitIsTheSeeds()
    {
        _folder.Images("", 20);
        _folder.Write("a.json", AnnotatedFolders.Coco(20));

        string[] Test(int seed) => [.. Read(seed).Test.Select(row => row.ImagePath)];

        Assert.Equal(Test(1), Test(1));
        Assert.NotEqual(Test(1), Test(2));
        Assert.Equal(20, Read(1).Train.Concat(Read(1).Test).Select(row => row.ImagePath).Distinct().Count());
    }

    [Fact]
    public void SomeAreDrawnInTheirOrder()
    {
        _folder.Images("", 40);
        _folder.Write("a.json", AnnotatedFolders.Coco(40));
        var data = Read(1);

        Assert.Equal(10, data.Some(10, 1).Count);
        Assert.Equal(data.Train.Count, data.Some(1000, 1).Count);
        Assert.Equal(data.Some(10, 1).Select(row => data.Train.ToList().IndexOf(row)).Order(), data.Some(10, 1).Select(row => data.Train.ToList().IndexOf(row)));
        Assert.NotEqual(data.Some(10, 1), data.Some(10, 2));
    }

    [Fact]
    public void WhatHoldsNoAnnotationsIsRefused()
    {
        _folder.Images("train/cat", 2);
        _folder.Write("classes.txt", "cat");
        _folder.Write("package.json", """{"name":"x","images":1}""");

        Assert.StartsWith($"'{_folder.Path}' holds no annotated images. Looked for: COCO's", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutTrainingImagesItIsRefused()
    {
        _folder.Images("test", 2);
        _folder.Write("test/a.json", AnnotatedFolders.Coco(2));
        _folder.Images("valid", 2);
        _folder.Write("valid/a.json", AnnotatedFolders.Coco(2));

        Assert.Contains("has annotations for test in COCO's format, and none for training", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutObjectsItIsRefused()
    {
        _folder.Images("", 2);
        _folder.Write("a.json", """{"images":[{"id":0,"file_name":"0.png"},{"id":1,"file_name":"1.png"}],"categories":[],"annotations":[]}""");

        Assert.Contains("has 2 images for training in COCO's format, and no object in them", Refusal().Replace("has 1 ", "has 2 ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void BoxesWithoutAreaAreLeftOutAndTheirImagesAreNot()
    {
        _folder.Images("train", 1);
        _folder.Images("test", 1);
        _folder.Write("test/a.json", AnnotatedFolders.Coco(1));
        _folder.Write("train/a.json", """
            {"images":[{"id":0,"file_name":"0.png"}],"categories":[{"id":0,"name":"cat"},{"id":1,"name":"dog"}],
             "annotations":[{"image_id":0,"category_id":0,"bbox":[1,2,0,3]},{"image_id":0,"category_id":1,"bbox":[4,5,6,7]},{"image_id":0,"category_id":0,"bbox":[1,2,3,0]}]}
            """);

        var data = Read(1);

        Assert.Equal((2, 1), (data.LeftOut, data.Train.Count));
        Assert.Equal(["dog"], data.Train[0].Label);
        Assert.Equal([4f, 5, 10, 12], data.Train[0].BoundingBoxes);
        Assert.Equal([42f], data.Train[0].Area);
        Assert.Equal([false], data.Train[0].IsCrowd);
    }

    [Fact]
    public void CrowdsAreThereToJudgeByAndNotToLearnFrom()
    {
        foreach (var part in new[] { "train", "valid", "test" })
        {
            _folder.Images(part, 1);
            _folder.Write($"{part}/a.json", """
                {"images":[{"id":0,"file_name":"0.png"}],"categories":[{"id":0,"name":"cat"},{"id":1,"name":"dog"}],
                 "annotations":[{"image_id":0,"category_id":0,"bbox":[1,2,3,4],"iscrowd":1},{"image_id":0,"category_id":1,"bbox":[4,5,6,7]}]}
                """);
        }

        var data = Read(1);

        Assert.Equal((0, "dog", "dog"), (data.LeftOut, Assert.Single(data.Train[0].Label), Assert.Single(data.Validation[0].Label)));
        Assert.Equal(["cat", "dog"], data.Test[0].Label);
        Assert.Equal([true, false], data.Test[0].IsCrowd);
        Assert.Equal([4f, 5, 10, 12], Dataset.WithoutCrowds(data.Test[0]).BoundingBoxes);
    }

    [Fact]
    public void ImagesThatAreMissingAreNamed()
    {
        _folder.Images("", 3);
        _folder.Write("a.json", AnnotatedFolders.Coco(5));

        Assert.Contains($"2 images are annotated and not there: ", Refusal(), StringComparison.Ordinal);
        Assert.Contains(_folder["4.png"], Refusal(), StringComparison.Ordinal);
    }

    private void RequireParts(string format, int train, int validation, int test)
    {
        var data = Read(1);
        Assert.Equal((format, train, validation, test), (data.Format, data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(["cat", "dog"], data.Classes);
        Assert.All(data.Train.Concat(data.Validation).Concat(data.Test), row =>
        {
            Assert.True(File.Exists(row.ImagePath));
            var expected = int.Parse(Path.GetFileNameWithoutExtension(row.ImagePath), null) % 2 == 0 ? ("cat", AnnotatedFolders.Cat) : ("dog", AnnotatedFolders.Dog);
            Assert.Equal([expected.Item1], row.Label);
            Assert.Equal(expected.Item2, row.BoundingBoxes.Select(edge => MathF.Round(edge, 3)));
        });
    }

    private Dataset Read(int seed) => new DatasetReader(new MLContext(1)).Read(_folder.Path, "x", seed);

    private string Refusal() => Assert.Throws<InvalidDataException>(() => Read(1)).Message;
}
