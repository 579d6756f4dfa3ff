using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace Microsoft.ML;

/// <summary>One folder of a model file being written: the kind of what is in it, its fields, streams and sub-folders.</summary>
public sealed class ModelSaveContext : IDisposable
{
    internal const string KindEntry = "Kind.txt";
    internal const string FieldsEntry = "Fields.bin";

    private readonly ZipArchive _archive;
    private readonly string _folder;
    private readonly MemoryStream _fields = new();
    private string _kind;

    internal ModelSaveContext(ZipArchive archive, string folder)
    {
        (_archive, _folder) = (archive, folder);
        Writer = new BinaryWriter(_fields, Encoding.UTF8, leaveOpen: true);
    }

    /// <summary>Takes the small values; the reader gets them in the same order.</summary>
    internal BinaryWriter Writer { get; }

    /// <summary>Says which class reads this folder: one with [ModelKind] and a static Load.</summary>
    internal void SetKind(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        var kind = definition.GetCustomAttribute<ModelKindAttribute>(inherit: false)?.Name
            ?? throw new InvalidOperationException($"{type} cannot be saved: it has no kind a reader could find it by");
        _kind = $"{kind}, {definition.Assembly.GetName().Name}";
    }

    /// <summary>A stream of its own in this folder: its length in four bytes, then the bytes.</summary>
    internal void SaveBytes(string name, byte[] bytes)
    {
        using var stream = _archive.CreateEntry($"{_folder}/{name}").Open();
        using var writer = new BinaryWriter(stream);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>Saves a part of this model into a sub-folder.</summary>
    internal void SaveModel(ICanSaveModel model, string subFolder)
    {
        using var ctx = new ModelSaveContext(_archive, $"{_folder}/{subFolder}");
        model.Save(ctx);
        ctx.Finish(model);
    }

    /// <summary>Writes what was gathered. Not done by Dispose, which also runs when a Save has thrown.</summary>
    internal void Finish(ICanSaveModel model)
    {
        if (_kind == null)
            throw new InvalidOperationException($"{model.GetType()} cannot be saved: its Save wrote nothing. Hand the context "
                + "to the Save of a built-in transformer.");
        Writer.Flush();
        WriteEntry(KindEntry, Encoding.UTF8.GetBytes(_kind));
        WriteEntry(FieldsEntry, _fields.ToArray());
    }

    private void WriteEntry(string name, byte[] bytes)
    {
        using var stream = _archive.CreateEntry($"{_folder}/{name}").Open();
        stream.Write(bytes);
    }

    public void Dispose() => Writer.Dispose();
}
