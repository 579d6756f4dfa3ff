using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Predicting;

/// <summary>What the app answers, as the page has it.</summary>
internal interface IAnswer
{
    /// <summary>Whose word it is.</summary>
    long Version { get; }

    /// <summary>It in a few words, for lists.</summary>
    string Words { get; }
}

/// <summary>Makes an answer of what a model gives.</summary>
internal interface IAnswerReader<TOutput>
{
    IAnswer Read(ModelVersion version, TOutput said);
}
