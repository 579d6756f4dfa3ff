using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class OnnxClassNamesTests
{
    [Theory]
    [InlineData("{0: 'person', 1: 'bicycle', 2: 'car'}", "person|bicycle|car")]
    [InlineData("{1: 'b', 0: 'a'}", "a|b")]
    [InlineData("""{0: "cow's", 1: 'a "b"', 2: 'it\'s, 5: me'}""", "cow's|a \"b\"|it's, 5: me")]
    [InlineData("['person', 'traffic light']", "person|traffic light")]
    [InlineData("""{"1": "car", "0": "person"}""", "person|car")]
    [InlineData("{0: 'a', 2: 'b'}", null)]
    [InlineData("{0: 'a', 0: 'b'}", null)]
    [InlineData("{}", null)]
    [InlineData("", null)]
    public void UltralyticsNamesAreRead(string metadata, string? expected)
    {
        var file = OnnxModelFile.FromBytes(new Sketch(new Drawing("o", [0], [1])) { Metadata = { ["names"] = metadata } }.ToBytes(), "x");

        var names = OnnxClassNames.Find(file);

        Assert.Equal(expected, names is null ? null : string.Join('|', names));
    }

    [Fact]
    public void OtherFilesNameNone() => Assert.Null(OnnxClassNames.Find(OnnxModelFile.FromBytes(new Sketch(new Drawing("o", [0], [1])).ToBytes(), "x")));
}
