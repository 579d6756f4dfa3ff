using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>The end of a model's chain: ML.NET's softmax layer under the names that are wanted, and no columns in between left over.</summary>
internal static class OutputLinks
{
    /// <param name="has">Whether the data has a column, ahead of these links.</param>
    /// <param name="softmax">The layer.</param>
    /// <param name="between">Columns that are to be gone at the end.</param>
    public static IEnumerable<ChainLink> Make(MLContext ml, Func<string, bool> has, ChainLink softmax, IEnumerable<string> between, string scoreColumn, string predictedLabelColumn)
    {
        var renamed = RenamedOutput.Find(scoreColumn, predictedLabelColumn);
        var aside = renamed.Where(output => has(output.Made)).ToHashSet();
        List<string> dropped = [.. between];
        List<ChainLink> links = [.. aside.Select(output => Copy(output.Aside, output.Made)), softmax];
        foreach (var output in renamed)
        {
            links.Add(Copy(output.Wanted, output.Made));
            if (aside.Contains(output))
                links.Add(Copy(output.Made, output.Aside));
            dropped.Add(aside.Contains(output) ? output.Aside : output.Made);
        }
        return [.. links, ChainLink.Of(ml.Transforms.DropColumns([.. dropped]))];

        ChainLink Copy(string to, string from) => ChainLink.Of(ml.Transforms.CopyColumns(to, from));
    }
}
