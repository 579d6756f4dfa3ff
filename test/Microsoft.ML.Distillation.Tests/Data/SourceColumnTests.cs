using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class SourceColumnTests
{
    private sealed class Row
    {
        public string Label { get; set; } = "";

        public string FileName { get; set; } = "";

        public string IMAGEPATH { get; set; } = "";

        public int Path { get; set; }
    }

    private sealed class Unnamed
    {
        public string Label { get; set; } = "";

        public int Path { get; set; }
    }

    [Fact]
    public void TheUsualNamesAreFoundTheMostTellingFirst() => Assert.Equal("IMAGEPATH", SourceColumn.Find(new MLContext().Data.LoadFromEnumerable<Row>([]).Schema)!.Value.Name);

    [Fact]
    public void OtherTextAndNumbersTellNothing() => Assert.Null(SourceColumn.Find(new MLContext().Data.LoadFromEnumerable<Unnamed>([]).Schema));
}
