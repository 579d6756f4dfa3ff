using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.Distillation.Tests.Packaging;

/// <summary>What the repository's settings make of a project that is packed: a small one, checked out twice at the same commit. <c>build/pack.sh</c> looks at the packages themselves.</summary>
public sealed class PackageSettingsTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly string[] Settings = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "README.md", "src/Directory.Build.props", "build/Package.targets", "build/icon/icon.png"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void APackageIsTheSameFromAnyFolderAndItsSymbolsSayWhereItsSourceIs()
    {
        var (one, other) = (Packed("one"), Packed("quite/another"));

        Assert.Equal(["lib/net10.0/Thing.dll", "lib/net10.0/Thing.pdb", "lib/net10.0/Thing.xml"], one.Keys.Order(StringComparer.Ordinal));
        Assert.All(one, file => Assert.Equal(file.Value, other[file.Key]));
        using var symbols = MetadataReaderProvider.FromPortablePdbImage(ImmutableCollectionsMarshal.AsImmutableArray(one["lib/net10.0/Thing.pdb"]));
        var reader = symbols.GetMetadataReader();
        var links = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Where(entry => reader.GetGuid(entry.Kind) == SourceLink).Select(entry => Encoding.UTF8.GetString(reader.GetBlobBytes(entry.Value)));
        Assert.Equal($$$"""{"documents":{"/_/*":"https://raw.githubusercontent.com/example/thing/{{{Commit}}}/*"}}""", Assert.Single(links));
        Assert.Contains("/_/src/Thing/Thing.cs", reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name)));
    }

    /// <returns>The assembly, its documentation and its symbols, by their path in the packages.</returns>
    private Dictionary<string, byte[]> Packed(string folder)
    {
        var root = _folder[folder];
        foreach (var file in Settings)
            Write(root, file, File.ReadAllBytes(Path.Combine(DotNet.Root, file)));
        // All that Source Link asks of a checkout.
        Write(root, ".git/HEAD", Encoding.ASCII.GetBytes($"{Commit}\n"));
        Write(root, ".git/config", "[core]\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = https://github.com/example/thing.git\n"u8);
        Write(root, ".git/objects/.keep", []);
        Write(root, ".git/refs/.keep", []);
        Write(root, "src/Thing/Thing.cs", "namespace Example;\n\n/// <summary>A thing.</summary>\npublic static class Thing\n{\n    /// <summary>Says what it was given.</summary>\n    public static int Same(int value) => value;\n}\n"u8);
        Write(root, "src/Thing/Thing.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <IsPackable>true</IsPackable>
                <Description>A thing.</Description>
                <PackageReadme>$(MSBuildThisFileDirectory)../../README.md</PackageReadme>
              </PropertyGroup>
            </Project>
            """u8);
        var (code, said) = DotNet.Run(
            root, "msbuild", "src/Thing/Thing.csproj", "-restore", "-t:Pack", "-nologo", "-v:q", "-p:Configuration=Release", "-p:ContinuousIntegrationBuild=true", $"-p:PackageOutputPath={root}/packages");
        Assert.True(code == 0, said);
        var files = new Dictionary<string, byte[]>();
        foreach (var package in Directory.EnumerateFiles(Path.Combine(root, "packages")))
        {
            using var archive = ZipFile.OpenRead(package);
            foreach (var entry in archive.Entries.Where(entry => entry.FullName.StartsWith("lib/", StringComparison.Ordinal)))
            {
                using var stream = entry.Open();
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                files[entry.FullName] = bytes.ToArray();
            }
        }
        return files;
    }

    private static void Write(string root, string file, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
