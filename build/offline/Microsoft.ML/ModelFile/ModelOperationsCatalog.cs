using System.IO.Compression;
using System.Text;

namespace Microsoft.ML;

public sealed partial class ModelOperationsCatalog
{
    private const string MarkerEntry = "OfflineStandIn.txt";
    private const string MarkerText = "A model saved by the offline stand-in for Microsoft.ML (build/offline), format 1. ML.NET "
        + "itself cannot load it: save it with the real packages.";
    private const string SchemaEntry = "Schema.bin";
    // Not "TransformerChain", so that the real package says that it finds no model rather than that a model is corrupt.
    private const string ModelFolder = "OfflineModel";

    public void Save(ITransformer model, DataViewSchema inputSchema, string filePath)
    {
        using var stream = File.Create(Check.NotEmpty(filePath, nameof(filePath)));
        Save(model, inputSchema, stream);
    }

    public void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        Check.NotNull(model, nameof(model));
        using var archive = new ZipArchive(Check.NotNull(stream, nameof(stream)), ZipArchiveMode.Create, leaveOpen: true);
        WriteEntry(archive, MarkerEntry, writer => writer.Write(Encoding.UTF8.GetBytes(MarkerText)));
        if (inputSchema != null)
            WriteEntry(archive, SchemaEntry, writer => SchemaCodec.Write(writer, inputSchema));
        using var ctx = new ModelSaveContext(archive, ModelFolder);
        model.Save(ctx);
        ctx.Finish(model);
    }

    public void Save<TSource>(ITransformer model, IDataLoader<TSource> loader, string filePath) =>
        throw Check.NotOffered("Saving a data loader");

    public void Save<TSource>(ITransformer model, IDataLoader<TSource> loader, Stream stream) =>
        throw Check.NotOffered("Saving a data loader");

    public ITransformer Load(string filePath, out DataViewSchema inputSchema)
    {
        using var stream = File.OpenRead(Check.NotEmpty(filePath, nameof(filePath)));
        return Load(stream, out inputSchema);
    }

    public ITransformer Load(Stream stream, out DataViewSchema inputSchema)
    {
        using var archive = Open(Check.NotNull(stream, nameof(stream)));
        inputSchema = null;
        if (archive.GetEntry(SchemaEntry) is { } entry)
        {
            using var reader = new BinaryReader(entry.Open(), Encoding.UTF8);
            inputSchema = SchemaCodec.Read(reader);
        }
        return ModelLoadContext.Load<ITransformer>(Environment, archive, ModelFolder);
    }

    private static ZipArchive Open(Stream stream)
    {
        ZipArchive archive;
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException e)
        {
            throw new FormatException("The model file is not a zip archive", e);
        }
        if (archive.GetEntry(MarkerEntry) != null)
            return archive;
        bool isReal = archive.Entries.Any(e => e.FullName.Replace('\\', '/').StartsWith("TransformerChain/", StringComparison.Ordinal));
        archive.Dispose();
        throw new FormatException(isReal
            ? "The model was saved by ML.NET itself; this application runs on the offline stand-in for it (build/offline), "
                + "which reads only its own files. Build with the real packages to load it."
            : "The zip archive holds no model: neither one of ML.NET nor one of its offline stand-in");
    }

    private static void WriteEntry(ZipArchive archive, string name, Action<BinaryWriter> write)
    {
        using var writer = new BinaryWriter(archive.CreateEntry(name).Open(), Encoding.UTF8);
        write(writer);
    }
}
