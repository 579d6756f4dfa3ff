namespace Microsoft.ML.Distillation.Tests.Packaging;

[Collection(nameof(PackagingTests))]
public class PackagesTests(PackedPackages packed)
{
    private const string Library = "Microsoft.ML.Distillation", Runtime = "Microsoft.ML.Distillation.Runtime";

    [Theory]
    [InlineData(Library)]
    [InlineData(Runtime)]
    public void APackageHoldsItsAssemblyWithDocumentationReadmeAndIcon(string name)
    {
        using var package = packed.Open(name);
        var files = package.Entries.Select(e => e.FullName).Where(f => !f.StartsWith("_rels/", StringComparison.Ordinal) && !f.StartsWith("package/", StringComparison.Ordinal)
            && !f.EndsWith(".nuspec", StringComparison.Ordinal) && f != "[Content_Types].xml").Order(StringComparer.Ordinal);
        // Neither libtorch nor any other native file.
        Assert.Equal(["README.md", "icon.png", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"], files);
        Assert.True(package.GetEntry($"lib/net10.0/{name}.xml")!.Length > 1000);

        var metadata = PackedPackages.Metadata(package);
        Assert.Equal(("MIT", "expression"), (metadata.Element("license")!.Value, metadata.Element("license")!.Attribute("type")!.Value));
        Assert.Equal(("README.md", "icon.png"), (metadata.Element("readme")!.Value, metadata.Element("icon")!.Value));
    }

    [Theory]
    [InlineData(Library)]
    [InlineData(Runtime)]
    public void SymbolsAreAPackageOfTheirOwn(string name)
    {
        using var symbols = packed.Open(name, symbols: true);
        Assert.Contains(symbols.Entries, e => e.FullName == $"lib/net10.0/{name}.pdb");
    }

    [Fact]
    public void TheApplicationPicksNativeHalvesItself()
    {
        Assert.Equal(["Google.Protobuf", "Microsoft.ML", Runtime, "Microsoft.ML.ImageAnalytics", "Microsoft.ML.OnnxRuntime.Managed", "Microsoft.ML.OnnxTransformer", "TorchSharp"], Dependencies(Library));
        Assert.Equal(["Microsoft.ML", "Microsoft.ML.ImageAnalytics", "Microsoft.ML.OnnxRuntime.Managed", "Microsoft.ML.OnnxTransformer"], Dependencies(Runtime));
    }

    [Theory]
    [InlineData(Library)]
    [InlineData(Runtime)]
    public void WhatIsBuiltAgainstStandInsSaysSo(string name)
    {
        using var package = packed.Open(name);
        var metadata = PackedPackages.Metadata(package);
        bool[] marks = [
            metadata.Element("id")!.Value.StartsWith("Offline.", StringComparison.Ordinal),
            metadata.Element("version")!.Value.EndsWith("-offline", StringComparison.Ordinal),
            metadata.Element("description")!.Value.StartsWith("NOT FOR PUBLISHING", StringComparison.Ordinal)];
        Assert.All(marks, mark => Assert.Equal(DotNet.IsOffline, mark));
    }

    [Fact]
    public void StandInsArePackedByThisTestOnly()
    {
        using var folder = new TemporaryFolder();
        var (code, said) = DotNet.Run(DotNet.Root, "msbuild", "src/Microsoft.ML.Distillation.Runtime", "-t:Pack", "-nologo", "-v:q", $"-p:Configuration={DotNet.Configuration}", "-p:NoBuild=true",
            $"-p:PackageOutputPath={folder.Path}");
        Assert.Equal(DotNet.IsOffline, code != 0);
        Assert.Equal(DotNet.IsOffline, said.Contains("can't be packed here", StringComparison.Ordinal));
        Assert.Equal(DotNet.IsOffline, !Directory.EnumerateFiles(folder.Path).Any());
    }

    private IEnumerable<string> Dependencies(string name)
    {
        using var package = packed.Open(name);
        return [.. PackedPackages.Metadata(package).Descendants("dependency").Select(d => d.Attribute("id")!.Value)
            .Select(id => id.StartsWith("Offline.", StringComparison.Ordinal) ? id["Offline.".Length..] : id).Order(StringComparer.Ordinal)];
    }
}
