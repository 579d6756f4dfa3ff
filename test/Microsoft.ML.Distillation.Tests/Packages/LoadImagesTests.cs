using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Microsoft.ML.Distillation.Tests.Packages.ImageRows;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class LoadImagesTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class PathRow
    {
        public string? Path { get; set; }
    }

    private sealed class BytesRow
    {
        public byte[]? Bytes { get; set; }
    }

    [Fact]
    public void ImagesAreLoadedFromTheFolder()
    {
        var view = Load(Golden("images"), "rgb.png", "grey.jpg");
        var type = Assert.IsType<ImageDataViewType>(view.Schema["Image"].Type);
        Assert.Equal((0, 0), (type.Width, type.Height));
        Assert.Equal([(32, 24, Path.Combine(Golden("images"), "rgb.png")), (32, 24, Path.Combine(Golden("images"), "grey.jpg"))],
            Column(_ml, view, (AnyImageRow row) => (row.Image!.Width, row.Image.Height, row.Image.Tag)));
    }

    [Fact]
    public void AFileIsOpenedOnlyWhenItsImageIsAskedFor()
    {
        var view = Load(Golden("images"), "missing.png");
        Assert.Equal("missing.png", Assert.Single(Column(_ml, view, (PathRow row) => row.Path)));
        Assert.ThrowsAny<IOException>(() => Column(_ml, view, (AnyImageRow row) => row.Image));
    }

    [Fact]
    public void WhatIsNoImageIsAnArgumentException()
    {
        string folder = Directory.CreateTempSubdirectory("loadimages").FullName;
        File.WriteAllText(Path.Combine(folder, "text.png"), "not an image");
        var view = Load(folder, "text.png");
        Assert.Throws<ArgumentException>(() => Column(_ml, view, (AnyImageRow row) => row.Image));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void RawBytesAreTheFile()
    {
        var paths = _ml.Data.LoadFromEnumerable(new[] { new PathRow { Path = "rgb.png" } });
        var view = _ml.Transforms.LoadRawImageBytes("Bytes", Golden("images"), nameof(PathRow.Path)).Fit(paths).Transform(paths);
        Assert.Equal([File.ReadAllBytes(Golden("images/rgb.png"))], Column(_ml, view, (BytesRow row) => row.Bytes!));
    }

    [Fact]
    public void TheInputMustBeText()
    {
        var view = Load(Golden("images"), "rgb.png");
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.LoadImages("More", "", "Image").Fit(view));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.LoadImages("More", "", "Absent").Fit(view));
    }

    [Fact]
    public void ASavedLoaderLoadsTheSame()
    {
        var paths = _ml.Data.LoadFromEnumerable(new[] { new PathRow { Path = "rgb.png" } });
        var loader = _ml.Transforms.LoadImages("Image", Golden("images"), nameof(PathRow.Path)).Fit(paths);
        using var file = new MemoryStream();
        _ml.Model.Save(loader, paths.Schema, file);
        file.Position = 0;
        var again = new MLContext().Model.Load(file, out _);
        Assert.Equal([(80, 70, 128)], Column(_ml, again.Transform(paths), (AnyImageRow row) => At(row.Image!, 10, 7)));
    }

    private IDataView Load(string folder, params string[] files)
    {
        var paths = _ml.Data.LoadFromEnumerable(files.Select(file => new PathRow { Path = file }));
        return _ml.Transforms.LoadImages("Image", folder, nameof(PathRow.Path)).Fit(paths).Transform(paths);
    }
}
