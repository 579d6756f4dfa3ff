using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>Small data sets as samples take them: <c>train/CLASS/</c> and <c>test/CLASS/</c>.</summary>
internal static class LabelledFolders
{
    public static void Write(string folder, IReadOnlyList<DrawnRow> train, IReadOnlyList<DrawnRow> test)
    {
        foreach (var (part, rows) in new[] { ("train", train), ("test", test) })
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var place = Directory.CreateDirectory(Path.Combine(folder, part, rows[i].Label));
                rows[i].Save(Path.Combine(place.FullName, $"{i:000}.png"));
            }
        }
    }
}
