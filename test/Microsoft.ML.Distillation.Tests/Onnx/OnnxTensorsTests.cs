using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

/// <summary>Every encoding that ONNX allows for numbers.</summary>
public class OnnxTensorsTests
{
    private static TensorProto Tensor(OnnxElementType type, byte[]? raw = null, params long[] dims)
    {
        var tensor = new TensorProto { Name = "t", DataType = (int)type, Dims = { dims } };
        if (raw is not null)
            tensor.RawData = ByteString.CopyFrom(raw);
        return tensor;
    }

    [Fact]
    public void RealNumbersAreReadFromRawData()
    {
        Assert.Equal([1.5f, -2], Tensor(OnnxElementType.Float, [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0], 2).ToFloats("m"));
        Assert.Equal([1.5f], Tensor(OnnxElementType.Double, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F], 1).ToFloats("m"));
        Assert.Equal([1.5f, -2], Tensor(OnnxElementType.Float16, [0, 0x3E, 0, 0xC0], 2).ToFloats("m"));
        Assert.Equal([1.5f, -2], Tensor(OnnxElementType.BFloat16, [0xC0, 0x3F, 0, 0xC0], 2).ToFloats("m"));
    }

    [Fact]
    public void RealNumbersAreReadFromTypedFields()
    {
        var single = Tensor(OnnxElementType.Float, null, 1, 2);
        single.FloatData.Add([1.5f, -2]);
        var real = Tensor(OnnxElementType.Double, null);
        real.DoubleData.Add(1.5);
        var half = Tensor(OnnxElementType.Float16, null, 2);
        half.Int32Data.Add([0x3E00, 0xC000]);
        var brain = Tensor(OnnxElementType.BFloat16, null, 2);
        brain.Int32Data.Add([0x3FC0, 0xC000]);

        Assert.Equal([1.5f, -2], single.ToFloats("m"));
        Assert.Equal([1.5f], real.ToFloats("m"));
        Assert.Equal([1.5f, -2], half.ToFloats("m"));
        Assert.Equal([1.5f, -2], brain.ToFloats("m"));
    }

    [Fact]
    public void IntegersAreReadFromEitherField()
    {
        var longs = Tensor(OnnxElementType.Int64, null, 2);
        longs.Int64Data.Add([-1, 1L << 40]);
        var ints = Tensor(OnnxElementType.Int32, null, 1);
        ints.Int32Data.Add(-7);

        Assert.Equal([-1, 1L << 40], longs.ToInt64s("m"));
        Assert.Equal([-7], ints.ToInt64s("m"));
        Assert.Equal([-2], Tensor(OnnxElementType.Int32, [0xFE, 0xFF, 0xFF, 0xFF], 1).ToInt64s("m"));
        Assert.Equal([1], Tensor(OnnxElementType.Int64, [1, 0, 0, 0, 0, 0, 0, 0], 1).ToInt64s("m"));
    }

    [Fact]
    public void AWrongNumberOfValuesIsAFault()
    {
        Assert.Equal(
            "m: tensor 't' holds 1 values, but its shape is 2×3. The file is damaged: export it anew.",
            Assert.Throws<InvalidDataException>(() => Tensor(OnnxElementType.Float, new byte[4], 2, 3).ToFloats("m")).Message);
        Assert.Equal(
            "m: tensor 't' has 6 bytes of Float, which is no multiple of 4. The file is damaged: export it anew.",
            Assert.Throws<InvalidDataException>(() => Tensor(OnnxElementType.Float, new byte[6], 2).ToFloats("m")).Message);
        Assert.Throws<InvalidDataException>(() => Tensor(OnnxElementType.Float, new byte[4], -1, -1).ToFloats("m"));
        Assert.Throws<InvalidDataException>(() => Tensor(OnnxElementType.Float, [], 1L << 33, 1L << 33).ToFloats("m"));
    }

    [Fact]
    public void AWrongTypeIsNamed()
    {
        Assert.Equal(
            "m: tensor 't' is Int64; expected a float, double, float16 or bfloat16 tensor.",
            Assert.Throws<InvalidDataException>(() => Tensor(OnnxElementType.Int64).ToFloats("m")).Message);
        Assert.Equal(
            "m: tensor 't' is Float; expected an int64 or int32 tensor.",
            Assert.Throws<InvalidDataException>(() => Tensor(OnnxElementType.Float).ToInt64s("m")).Message);
    }
}
