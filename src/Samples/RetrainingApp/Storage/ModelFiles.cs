using System.Security.Cryptography;
using Microsoft.ML;
using Samples.RetrainingApp.Predicting;

namespace Samples.RetrainingApp.Storage;

/// <summary>The files of models: the .zip that predicts, and the .onnx that the next retraining goes on from.</summary>
internal sealed class ModelFiles(DataHome home, MLContext ml)
{
    public string Onnx(string file) => Path.Combine(home.Models, $"{file}.onnx");

    /// <summary>Writes both files, whole or not at all.</summary>
    /// <returns>Their name and the .zip file's hash.</returns>
    public (string File, string Hash) Write(Action<Stream> zip, byte[] onnx)
    {
        var file = Guid.NewGuid().ToString("n");
        DurableFile.Write(Onnx(file), stream => stream.Write(onnx));
        DurableFile.Write(Zip(file), zip);
        return (file, Hash(File.ReadAllBytes(Zip(file))));
    }

    /// <summary>Loads a model whose file is, byte for byte, the one that was written.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public LoadedModel Load(ModelVersion version)
    {
        var bytes = File.ReadAllBytes(Zip(version.File));
        if (Hash(bytes) != version.Hash)
            throw new InvalidDataException($"'{Zip(version.File)}', version {version.Id}, is not the file that was written: its SHA-256 differs.");
        return new LoadedModel(version, ml.Model.Load(new MemoryStream(bytes), out _));
    }

    /// <summary>Deletes what a run left behind that never became a version, and what is left of versions that are removed.</summary>
    public void Sweep(IEnumerable<ModelVersion> versions)
    {
        var known = versions.Where(version => version.Removed is null).SelectMany(version => new[] { Zip(version.File), Onnx(version.File) }).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(home.Models).Where(file => !known.Contains(file)).ToList())
            File.Delete(file);
    }

    public void Delete(ModelVersion version)
    {
        File.Delete(Zip(version.File));
        File.Delete(Onnx(version.File));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private string Zip(string file) => Path.Combine(home.Models, $"{file}.zip");
}
