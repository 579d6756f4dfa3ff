using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.Packaging;

/// <summary>A new project, away from the repository, that has the Runtime package and no more.</summary>
[Collection(nameof(PackagingTests))]
public class RuntimePackageTests(PackedPackages packed)
{
    private static readonly ImageSize Size = new(64, 64);
    private readonly MLContext _ml = new(seed: 1);

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }

    [Fact]
    public void ANewProjectPredictsFromADetectorsZip()
    {
        using var folder = new TemporaryFolder();
        using (var image = Scenes.Image(200, 60, (0, 0, 0, 50, 30), (2, 100, 30, 200, 60)))
            image.Save(folder["scene.png"]);
        var (model, data) = Detector(folder["scene.png"]);
        _ml.Model.Save(model, data.Schema, folder["detector.zip"]);
        WriteProject(folder.Path);

        var (built, log) = DotNet.Run(folder["app"], "build", "-c", "Release", "-v", "q", "--nologo", "-p:UseSharedCompilation=false");
        Assert.True(built == 0, log);
        var (code, said) = DotNet.Run(folder["app"], "bin/Release/net10.0/App.dll", folder["detector.zip"], folder["scene.png"]);

        Assert.True(code == 0, said);
        var found = JsonSerializer.Deserialize<PredictorSaid>(said, JsonSerializerOptions.Web)!;
        var expected = model.Transform(data);
        Assert.Equal([["red", "blue"]], found.Objects);
        Assert.Equal(expected.GetColumn<float[]>("PredictedBoundingBoxes"), found.Boxes);
        Assert.Equal(expected.GetColumn<float[]>("Score"), found.Scores);
        Assert.False(found.TorchIsMapped || found.TorchIsLoaded, "TorchSharp or libtorch is loaded.");
    }

    private (ITransformer Model, IDataView Data) Detector(string path)
    {
        var data = _ml.Data.LoadFromEnumerable([new PathRow { ImagePath = path }]);
        var images = _ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(data);
        var detector = DetectorChain.Build(_ml, images.Transform(data), new DetectorPreparation(_ml, "Image", Size), ColourDetector.Graph(Size), Scenes.Classes, new());
        var names = _ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel").Fit(detector.Transform(images.Transform(data)));
        return (new TransformerChain<ITransformer>(images, detector, names), data);
    }

    private void WriteProject(string folder)
    {
        var app = Directory.CreateDirectory(Path.Combine(folder, "app")).FullName;
        foreach (var source in Directory.EnumerateFiles(Path.Combine(DotNet.Root, "test", "StockPredictor"), "*.cs"))
            File.Copy(source, Path.Combine(app, Path.GetFileName(source)));
        using var package = packed.Open("Microsoft.ML.Distillation.Runtime");
        var metadata = PackedPackages.Metadata(package);
        // The stand-in of ONNX Runtime has its native half with it.
        var native = DotNet.IsOffline ? "" : """<PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.23.2" />""";
        File.WriteAllText(Path.Combine(app, "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{metadata.Element("id")!.Value}" Version="{metadata.Element("version")!.Value}" />
                {native}
              </ItemGroup>
            </Project>
            """);
        // The packages of this test go nowhere but its own folder; others are taken where they already are, or fetched as ever.
        var shared = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(app, "nuget.config"), $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="{Path.Combine(folder, "packages")}" />
              </config>
              <packageSources>
                <add key="packed" value="{packed.Feed}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="shared" value="{shared}" />
              </fallbackPackageFolders>
            </configuration>
            """);
    }
}
