using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor reshape(params long[] shape) => Ops.reshape.Call(this, shape);

        public Tensor view(params long[] shape) => Ops.view.Call(this, shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Ops.expand.Call(this, sizes.ToArray(), isImplicit);

        public Tensor expand(Size sizes, bool isImplicit = false) => Ops.expand.Call(this, sizes.Shape, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false) => Ops.expand.Call(this, sizes, isImplicit);

        public Tensor expand(params long[] sizes) => Ops.expand.Call(this, sizes, false);

        public Tensor expand_as(Tensor other) => Ops.expand_as.Call(this, other);

        public Tensor permute(IEnumerable<long> permutation) => Ops.permute.Call(this, permutation.ToArray());

        public Tensor permute(params long[] permutation) => Ops.permute.Call(this, permutation);

        public Tensor transpose(long dim0, long dim1) => Ops.transpose_int.Call(this, dim0, dim1);

        public Tensor transpose_(long dim0, long dim1) => Ops.transpose_.InPlace(this, dim0, dim1);

        public Tensor t() => Ops.t.Call(this);

        public Tensor flip(params long[] dims) => Ops.flip.Call(this, dims);

        public Tensor squeeze(long? dim = null) => dim is { } along ? Ops.squeeze_dim.Call(this, along) : Ops.squeeze.Call(this);

        public Tensor squeeze_(long? dim = null) => dim is { } along ? Ops.squeeze__dim.InPlace(this, along) : Ops.squeeze_.InPlace(this);

        public Tensor unsqueeze(long dim) => Ops.unsqueeze.Call(this, dim);

        public Tensor unsqueeze_(long dim) => Ops.unsqueeze_.InPlace(this, dim);

        public Tensor repeat(params long[] sizes) => Ops.repeat.Call(this, sizes);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Ops.repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Ops.repeat_interleave_self_int.Call(this, repeats, dim, output_size);

        public Tensor flatten(IList<string> dims, string out_dim) => throw Unsupported();

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Ops.flatten_using_ints.Call(this, start_dim, end_dim);

        public Tensor unflatten(long dim, Size sizes) => unflatten(dim, sizes.Shape);

        public Tensor unflatten(long dim, params long[] sizes) => Reshaped(dim, sizes);

        public Tensor unflatten(string dim, params (string, long)[] sizes) => throw Unsupported();

        public Tensor narrow(long dim, long start, long length) => Ops.narrow.Call(this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Ops.slice_Tensor.Call(this, dim, start, finish, step);

        public Tensor select(long dim, long index) => Ops.select_int.Call(this, dim, index);

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Ops.split_with_sizes.CallMany(this, sizes.ToArray(), dim);

        public Tensor[] split(long size, int dim = 0) => Ops.split_Tensor.CallMany(this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Ops.split_with_sizes.CallMany(this, sizes, dim);

        public Tensor[] split(params long[] sizes) => Ops.split_with_sizes.CallMany(this, sizes, 0L);

        public Tensor[] chunk(long chunks, long dim = 0) => Ops.chunk.CallMany(this, chunks, dim);

        public Tensor[] unbind(long dimension = 0) => Ops.unbind_int.CallMany(this, dimension);

        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) =>
            Ops.roll.Call(this, shifts.ToArray(), dims.ToArray());

        public Tensor roll((long, long, long) shifts, (long, long, long) dims) => Ops.roll.Call(this, Dims(shifts), Dims(dims));

        public Tensor roll((long, long) shifts, (long, long) dims) => Ops.roll.Call(this, Dims(shifts), Dims(dims));

        public Tensor roll(long shifts, long? dims = null) =>
            Ops.roll.Call(this, new[] { shifts }, dims is { } along ? new[] { along } : Array.Empty<long>());

        public Tensor roll(long[] shifts) => Ops.roll.Call(this, shifts, Array.Empty<long>());

        public Tensor roll(long[] shifts, long[] dims) => Ops.roll.Call(this, shifts, dims);

        public Tensor diag(long diagonal = 0) => Ops.diag.Call(this, diagonal);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 0) => Ops.diagonal.Call(this, offset, dim1, dim2);

        public Tensor tril(long diagonal = 0) => Ops.tril.Call(this, diagonal);

        public Tensor triu(long diagonal = 0) => Ops.triu.Call(this, diagonal);

        public Tensor unfold(long dimension, long size, long step) => Ops.unfold.Call(this, dimension, size, step);

        public Tensor tile(long[] reps) => Ops.tile.Call(this, reps);

        public Tensor movedim(long[] source, long[] destination) => Ops.movedim_intlist.Call(this, source, destination);

        public Tensor broadcast_to(params long[] shape) => Ops.broadcast_to.Call(this, shape);

        private Tensor Reshaped(long dim, long[] sizes)
        {
            var all = shape.ToList();
            int at = (int)Wrap(dim);
            all.RemoveAt(at);
            all.InsertRange(at, sizes);
            return view([.. all]);
        }
    }
}
