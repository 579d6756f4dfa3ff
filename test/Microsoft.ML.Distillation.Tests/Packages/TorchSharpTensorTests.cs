using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class TorchSharpTensorTests
{
    private static readonly Tensor s_count = arange(24).reshape(2, 3, 4);

    [Fact]
    public void Arithmetic_broadcasts_and_promotes()
    {
        var column = tensor(new float[] { 1, 2 }).unsqueeze(1);
        Assert.Equal([2f, 3, 4, 3, 4, 5], (column + tensor(new long[] { 1, 2, 3 })).data<float>().ToArray());
        Assert.Equal([1f, 0.5f], (1 / column).data<float>().ToArray());
        Assert.Equal([4f, 3f], (5 - column).data<float>().ToArray());
        Assert.Equal(ScalarType.Float32, (tensor(1L) * 0.5).dtype);
        Assert.Equal(ScalarType.Float32, (column * 2.0).dtype);
        Assert.Equal([true, false], (column < 2).data<bool>().ToArray());
        Assert.Equal([-1L, -2], tensor(new long[] { -3, -4 }).div(tensor(2L), RoundingMode.trunc).data<long>().ToArray());
        Assert.Equal([1f, 4f], column.pow(2).data<float>().ToArray());
    }

    [Fact]
    public void Equal_compares_elements_and_Equals_whole_tensors()
    {
        Tensor a = tensor(new float[] { 1, 2 }), b = tensor(new float[] { 1, 3 });
        Assert.Equal([true, false], a.equal(b).data<bool>().ToArray());
        Assert.True(a.Equals(a.clone()));
        Assert.False(a.Equals(b));
        Assert.False(a.Equals(ones(3)));
        Assert.True(a.allclose(a + 1e-7));
    }

    [Fact]
    public void A_wrong_shape_is_libtorchs_error()
    {
        var error = Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(2, 3)));
        Assert.Contains("cannot be multiplied (2x3 and 2x3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indices_select_slice_and_insert()
    {
        Assert.Equal([16L, 17, 18, 19], s_count[1, 1].data<long>().ToArray());
        Assert.Equal(23, s_count[-1, -1, -1].ToInt64());
        Assert.Equal([4L, 5, 6, 7, 8, 9, 10, 11], s_count[0, 1..].data<long>().ToArray());
        Assert.Equal([3L, 7, 11, 15, 19, 23], s_count[TensorIndex.Ellipsis, 3].data<long>().ToArray());
        Assert.Equal([0L, 2], s_count[0, 0, TensorIndex.Slice(step: 2)].data<long>().ToArray());
        Assert.Equal([1, 2, 3, 1, 4], s_count[TensorIndex.None, TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Null].shape);
        Assert.Equal([2, 3, 3], s_count[TensorIndex.Ellipsis, ..^1].shape);
    }

    [Fact]
    public void Tensors_index_by_position_and_by_mask()
    {
        Assert.Equal([21L, 22, 23], s_count[s_count > 20].data<long>().ToArray());
        Assert.Equal([2, 2, 4], s_count[TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 2, 0 }))].shape);
        var pairs = s_count[tensor(new long[] { 0, 1 }), tensor(new long[] { 2, 0 })];
        Assert.Equal([8L, 9, 10, 11, 12, 13, 14, 15], pairs.data<long>().ToArray());
        Assert.Equal([5L, 17], s_count.index_select(2, tensor(1L)).select(1, 1).flatten().data<long>().ToArray());
        Assert.Equal([3L, 6], s_count[0, ..2].gather(1, tensor(new long[,] { { 3 }, { 2 } })).flatten().data<long>().ToArray());
    }

    [Fact]
    public void Assignments_write_through()
    {
        var x = zeros(2, 3);
        x[0, 1] = tensor(5f);
        x[1] = tensor(new float[] { 1, 2, 3 });
        x[TensorIndex.Colon, 2..] = tensor(9f);
        Assert.Equal([0f, 5, 9, 1, 2, 9], x.data<float>().ToArray());
        x[x > 4] = tensor(-1f);
        Assert.Equal([0f, -1, -1, 1, 2, -1], x.data<float>().ToArray());
        x.index_put_(7, TensorIndex.Single(0), TensorIndex.Single(0));
        Assert.Equal(7, x[0, 0].ToSingle());
        x.masked_fill_(x < 0, 0);
        Assert.Equal([7f, 0, 0, 1, 2, 0], x.data<float>().ToArray());
        zeros(2, 3).scatter_(1, tensor(new long[,] { { 2 }, { 0 } }), ones(2, 1));
    }

    [Fact]
    public void Views_share_memory_and_copies_do_not()
    {
        var x = zeros(2, 3);
        x.view(6)[5] = tensor(1f);
        x.t()[0, 1] = tensor(2f);
        Assert.Equal([0f, 0, 0, 2, 0, 1], x.data<float>().ToArray());
        x.clone().fill_(4);
        Assert.Equal(3, x.sum().ToSingle());
        Assert.False(x.t().is_contiguous());
        Assert.Equal([0f, 2, 0, 0, 0, 1], x.t().contiguous().data<float>().ToArray());
        Assert.Equal([0f, 2, 0, 0, 0, 1], x.t().data<float>().ToArray());
        var channelsLast = ones(1, 2, 3, 4).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Assert.Equal([24, 1, 8, 2], channelsLast.stride());
    }

    [Fact]
    public void Shapes_change_as_in_PyTorch()
    {
        Assert.Equal([3, 8], s_count.permute(1, 0, 2).flatten(1).shape);
        Assert.Equal([2, 1, 12], s_count.reshape(2, 1, -1).shape);
        Assert.Equal([4, 6, 4], s_count.repeat(2, 2, 1).shape);
        Assert.Equal([1, 2, 3, 4], s_count.unsqueeze(0).expand(-1, -1, -1, 4).shape);
        Assert.Equal([[2L, 1, 4], [2L, 2, 4]], s_count.split([1, 2], 1).Select(part => part.shape));
        Assert.Equal([[2L, 3, 3], [2L, 3, 1]], s_count.split(3, 2).Select(part => part.shape));
        Assert.Equal(2, s_count.chunk(2, 1).Length);
        Assert.Equal([3L, 2, 1, 0], s_count[0, 0].flip(0).data<long>().ToArray());
        Assert.Equal([3L, 0, 1, 2], s_count[0, 0].roll(1).data<long>().ToArray());
        Assert.Equal([2, 2, 3, 4], stack([s_count, s_count]).shape);
        Assert.Equal([2, 6, 4], cat([s_count, s_count], 1).shape);
        Assert.Equal([4, 3], s_count.select(0, 1).transpose(0, 1).shape);
    }

    [Fact]
    public void Reductions_reduce_the_dimensions_named()
    {
        var x = tensor(new float[,] { { 1, 2, 6 }, { 3, 4, 5 } });
        Assert.Equal([9f, 12], x.sum(1).data<float>().ToArray());
        Assert.Equal([2, 1], x.sum(1, keepdim: true).shape);
        Assert.Equal(21, x.sum(0, 1).ToSingle());
        Assert.Equal([2f, 3, 5.5f], x.mean([0]).data<float>().ToArray());
        Assert.Equal(14f / 3, x.var(1, unbiased: false)[0].ToSingle(), 1e-5);
        Assert.Equal([2L, 2], x.argmax(1).data<long>().ToArray());
        var (values, positions) = x.topk(2, 1);
        Assert.Equal([6f, 2, 5, 4], values.data<float>().ToArray());
        Assert.Equal([2L, 1, 2, 1], positions.data<long>().ToArray());
        var (largest, _) = x.max(0);
        Assert.Equal([3f, 4, 6], largest.data<float>().ToArray());
        Assert.Equal(Math.Sqrt(91), x.norm().ToDouble(), 1e-5);
        Assert.Equal(1, x.softmax(1)[0].sum().ToSingle(), 1e-6);
        Assert.Equal(6, x.amax([0, 1]).ToSingle());
    }

    [Fact]
    public void Element_types_convert_and_read_back()
    {
        Assert.Equal(ScalarType.Float64, tensor(1.0).dtype);
        Assert.Equal(ScalarType.Float32, tensor(new float[] { 1 }).dtype);
        Assert.Equal(ScalarType.Int64, full(2, 3).dtype);
        Assert.Equal(ScalarType.Float32, zeros(1).dtype);
        Assert.Equal(ScalarType.BFloat16, ones(1).bfloat16().dtype);
        Assert.Equal(2, ones(1).half().element_size());
        Assert.Equal([0, 1, 1], tensor(new float[] { 0, 0.4f, 2 }).to_type(ScalarType.Bool).to(ScalarType.Int32).data<int>().ToArray());
        Assert.Equal(3, (int)tensor(3.7));
        Assert.Throws<ArgumentException>(() => ones(1).data<double>());
        Assert.Equal([0, 0, 128, 63], ones(1).bytes.ToArray());
        Assert.Equal(new float[,] { { 1, 1 } }, ones(1, 2).data<float>().ToNDArray());
    }

    [Fact]
    public void A_tensor_survives_a_stream()
    {
        var x = TorchSharpGoldens.Wave(1, 2, 3);
        var file = new MemoryStream();
        x.Save(new BinaryWriter(file));
        file.Position = 0;
        var y = Tensor.Load(new BinaryReader(file));
        Assert.True(x.equal(y).all().ToBoolean());
        Assert.Equal(x.shape, y.shape);
    }
}
