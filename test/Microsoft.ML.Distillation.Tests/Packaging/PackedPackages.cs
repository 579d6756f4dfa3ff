using System.IO.Compression;
using System.Xml.Linq;

namespace Microsoft.ML.Distillation.Tests.Packaging;

/// <summary>Tests of the packages: one after another, since packing writes beside what was built.</summary>
[CollectionDefinition(nameof(PackagingTests))]
public sealed class PackagingTests : ICollectionFixture<PackedPackages>;

/// <summary>Both packages, packed once from what was built; where that was built against stand-ins, with those packages of theirs that Runtime needs.</summary>
public sealed class PackedPackages : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackedPackages()
    {
        var (code, said) = DotNet.Run(DotNet.Root, ["msbuild", "build/pack.proj", "-nologo", "-v:q", $"-p:Configuration={DotNet.Configuration}", "-p:NoBuild=true",
            $"-p:PackageOutputPath={Feed}", .. DotNet.IsOffline ? ["-p:PackStandIns=true"] : Array.Empty<string>()]);
        Assert.True(code == 0, said);
    }

    /// <summary>A folder that is a NuGet source.</summary>
    internal string Feed => _folder["feed"];

    /// <param name="assembly">The name of the package's assembly.</param>
    /// <param name="symbols">Of the package of its symbols.</param>
    internal ZipArchive Open(string assembly, bool symbols = false)
    {
        var mark = DotNet.IsOffline ? "Offline." : "";
        var name = Directory.EnumerateFiles(Feed, symbols ? "*.snupkg" : "*.nupkg").Single(f => Path.GetFileName(f).StartsWith($"{mark}{assembly}.0", StringComparison.Ordinal));
        return ZipFile.OpenRead(name);
    }

    /// <summary>What a package says of itself: the elements of its .nuspec by their name without namespace.</summary>
    internal static XElement Metadata(ZipArchive package)
    {
        using var file = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var root = XElement.Load(file);
        foreach (var element in root.DescendantsAndSelf())
            element.Name = element.Name.LocalName;
        return root.Element("metadata")!;
    }

    public void Dispose() => _folder.Dispose();
}
