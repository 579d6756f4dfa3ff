using System.IO.Compression;
using System.Reflection;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>One folder of a model file being read.</summary>
internal sealed class ModelLoadContext
{
    private readonly ZipArchive _archive;
    private readonly string _folder;

    private ModelLoadContext(IHostEnvironment env, ZipArchive archive, string folder)
    {
        (Environment, _archive, _folder) = (env, archive, folder);
        Reader = new BinaryReader(new MemoryStream(ReadEntry(ModelSaveContext.FieldsEntry)), Encoding.UTF8);
    }

    internal IHostEnvironment Environment { get; }

    /// <summary>Gives the values in the order they were written.</summary>
    internal BinaryReader Reader { get; }

    /// <summary>What ModelSaveContext.SaveBytes wrote.</summary>
    internal byte[] LoadBytes(string name)
    {
        var entry = ReadEntry(name);
        using var reader = new BinaryReader(new MemoryStream(entry));
        int length = reader.ReadInt32();
        if (length != entry.Length - sizeof(int))
            throw new FormatException($"The model file's entry '{_folder}/{name}' is damaged: it says {length} bytes and holds "
                + $"{entry.Length - sizeof(int)}");
        return reader.ReadBytes(length);
    }

    /// <summary>What ModelSaveContext.SaveModel wrote.</summary>
    internal T LoadModel<T>(string subFolder) where T : class => Load<T>(Environment, _archive, $"{_folder}/{subFolder}");

    internal static T Load<T>(IHostEnvironment env, ZipArchive archive, string folder) where T : class
    {
        var ctx = new ModelLoadContext(env, archive, folder);
        string kind = Encoding.UTF8.GetString(ctx.ReadEntry(ModelSaveContext.KindEntry));
        var load = FindReader(kind, folder)
            .GetMethod("Load", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(ModelLoadContext)])
            ?? throw new InvalidOperationException($"What is saved as '{kind}' has no reader");
        var loaded = Generic.Unwrapped(() => load.Invoke(null, [ctx]));
        return loaded as T ?? throw new FormatException($"The model file's folder '{folder}' holds a {kind}; expected {typeof(T)}");
    }

    private static Type FindReader(string kind, string folder)
    {
        var parts = kind.Split(", ");
        // Only the packages' own kinds: a model file must not choose which assembly is loaded.
        if (parts is not [_, "Microsoft.ML" or "Microsoft.ML.ImageAnalytics" or "Microsoft.ML.OnnxTransformer"])
            throw new FormatException($"The model file's folder '{folder}' names an unknown kind '{kind}'");
        Assembly assembly;
        try
        {
            assembly = Assembly.Load(parts[1]);
        }
        catch (FileNotFoundException e)
        {
            throw new InvalidOperationException($"The model needs the package {parts[1]} (for '{parts[0]}'): reference it in "
                + "this application", e);
        }
        // A generic class carries the kind to be saved under it; its reader is a class beside it.
        return assembly.GetTypes()
            .FirstOrDefault(t => !t.IsGenericType && t.GetCustomAttribute<ModelKindAttribute>(inherit: false)?.Name == parts[0])
            ?? throw new FormatException($"The model file's folder '{folder}' names the kind '{parts[0]}', which {parts[1]} does not have");
    }

    private byte[] ReadEntry(string name)
    {
        var entry = _archive.GetEntry($"{_folder}/{name}") ?? throw new FormatException($"The model file has no entry '{_folder}/{name}'");
        using var stream = entry.Open();
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
