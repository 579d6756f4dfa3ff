namespace Samples.ObjectDetection.Data;

/// <summary>What images of a data set are for.</summary>
internal enum Split
{
    None,
    Train,
    Validation,
    Test,
}

/// <summary>Tells by the names of folders and files what their images are for.</summary>
internal static class Splits
{
    private static readonly Dictionary<string, Split> _words = new(StringComparer.Ordinal)
    {
        ["train"] = Split.Train,
        ["training"] = Split.Train,
        ["val"] = Split.Validation,
        ["valid"] = Split.Validation,
        ["validation"] = Split.Validation,
        ["test"] = Split.Test,
        ["testing"] = Split.Test,
    };

    /// <summary>By the words in a name: <c>instances_train2017.json</c> is for training. A name with none of them, or with two, tells nothing.</summary>
    public static Split Of(string name)
    {
        var letters = new string([.. name.Select(c => char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) : ' ')]);
        var found = letters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(_words.ContainsKey).Select(word => _words[word]).Distinct().ToArray();
        return found.Length == 1 ? found[0] : Split.None;
    }
}
