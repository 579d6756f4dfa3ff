using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>What a classifier gives.</summary>
internal sealed class ClassifierOutput
{
    /// <summary>The most likely class.</summary>
    public string Name { get; set; } = "";

    /// <summary>The classes' probabilities.</summary>
    public float[] Score { get; set; } = [];
}

/// <summary>What the app answers.</summary>
/// <param name="Scores">Of each class, in the version's order.</param>
internal sealed record ClassAnswer(long Version, string Label, IReadOnlyList<ClassScore> Scores) : IAnswer
{
    string IAnswer.Words => Label;
}

internal sealed record ClassScore(string Label, float Score);

internal sealed class ClassReader : IAnswerReader<ClassifierOutput>
{
    public IAnswer Read(ModelVersion version, ClassifierOutput said) =>
        new ClassAnswer(version.Id, said.Name, [.. version.Classes.Zip(said.Score, (label, score) => new ClassScore(label, score))]);
}
