using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class ColumnsTests
{
    [Fact]
    public void ColumnsAreFoundByName() =>
        Assert.Equal("B", Columns.Find(Schema("A", "B"), "B", "Label").Name);

    [Fact]
    public void MissingColumnsAreAnsweredWithThoseThereAre() => Assert.Equal(
        "Label column 'C' is not in the data; it has 'A', 'B'. Name the right one in the options, or add the step that makes it. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => Columns.Find(Schema("A", "B"), "C", "Label")).Message);

    [Fact]
    public void ManyColumnsAreCutShort() => Assert.Contains(
        "'c11', …. Name", Assert.Throws<ArgumentException>(() => Columns.Find(Schema([.. Enumerable.Range(0, 13).Select(i => $"c{i}")]), "C", "Label")).Message, StringComparison.Ordinal);

    [Fact]
    public void NoColumnsAreNamedSo() => Assert.Contains(
        "it has no columns.", Assert.Throws<ArgumentException>(() => Columns.Find(Schema(), "C", "Image")).Message, StringComparison.Ordinal);

    private static DataViewSchema Schema(params string[] names)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var name in names)
            builder.AddColumn(name, Microsoft.ML.Data.NumberDataViewType.Single);
        return builder.ToSchema();
    }
}
