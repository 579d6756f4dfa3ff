using System.Security.Cryptography;
using Samples.ImageClassification;

namespace Benchmarks;

/// <summary>What makes a teacher the same one.</summary>
internal static class TeacherSetting
{
    /// <summary>Its file's content, or how it is trained here.</summary>
    public static string Of(SampleOptions options, Training training)
    {
        if (!options.TeacherIsFile)
            return $"{options.Teacher} of {training.TeacherEpochs} epochs";
        var content = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(options.Teacher)))[..8];
        return $"{Path.GetFileName(options.Teacher)} ({content}, normalization {options.TeacherNormalization?.ToString() ?? "by its file or as measured"})";
    }
}
