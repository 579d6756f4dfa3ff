using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Sum(dim.ToArray(), keepdim, type);

        public Tensor sum(ScalarType? type = null) => Ops.sum.Call(this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => Sum([dim0, dim1], keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) =>
            Sum([dim0, dim1, dim2], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Sum(dim, keepdim, type);

        public Tensor mean() => Ops.mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Ops.mean_dim.Call(this, dimensions, keepdim, type);

        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Variance(dimensions.ToArray(), unbiased, keepdim, type);

        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Variance(Dims(dim), unbiased, keepdim, type);

        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Variance(Dims(dim), unbiased, keepdim, type);

        public Tensor var(bool unbiased = true) => Ops.var.Call(this, unbiased);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Variance([dim], unbiased, keepdim, type);

        public Tensor var(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Variance(dimensions, true, keepdim, type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Variance(dimensions, unbiased, keepdim, type);

        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Deviation(dimensions.ToArray(), unbiased, keepdim, type);

        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Deviation(Dims(dim), unbiased, keepdim, type);

        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Deviation(Dims(dim), unbiased, keepdim, type);

        public Tensor std(bool unbiased = true) => Ops.std.Call(this, unbiased);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Deviation([dim], unbiased, keepdim, type);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Deviation(dimensions, unbiased, keepdim, type);

        public (Tensor, Tensor) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false,
            ScalarType? type = null) =>
            VarianceAndMean(dimensions.ToArray(), unbiased, keepdim, type);

        public (Tensor, Tensor) var_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            VarianceAndMean(Dims(dim), unbiased, keepdim, type);

        public (Tensor, Tensor) var_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            VarianceAndMean(Dims(dim), unbiased, keepdim, type);

        public (Tensor, Tensor) var_mean(bool unbiased = true) => Ops.var_mean.Call2(this, unbiased);

        public (Tensor, Tensor) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            VarianceAndMean([dim], unbiased, keepdim, type);

        public (Tensor, Tensor) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            VarianceAndMean(dimensions, unbiased, keepdim, type);

        public (Tensor, Tensor) std_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false,
            ScalarType? type = null) =>
            DeviationAndMean(dimensions.ToArray(), unbiased, keepdim, type);

        public (Tensor, Tensor) std_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            DeviationAndMean(Dims(dim), unbiased, keepdim, type);

        public (Tensor, Tensor) std_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            DeviationAndMean(Dims(dim), unbiased, keepdim, type);

        public (Tensor, Tensor) std_mean(bool unbiased = true) => Ops.std_mean.Call2(this, unbiased);

        public (Tensor, Tensor) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            DeviationAndMean([dim], unbiased, keepdim, type);

        public (Tensor, Tensor) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            DeviationAndMean(dimensions, unbiased, keepdim, type);

        public Tensor max() => Ops.max.Call(this);

        public Tensor max(Tensor other) => Ops.max_other.Call(this, other);

        public (Tensor, Tensor) max(long dim, bool keepdim = false) => Ops.max_dim.Call2(this, dim, keepdim);

        public Tensor min() => Ops.min.Call(this);

        public Tensor min(Tensor other) => Ops.min_other.Call(this, other);

        public (Tensor, Tensor) min(long dim, bool keepdim = false) => Ops.min_dim.Call2(this, dim, keepdim);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            @out is null ? Ops.amax.Call(this, dims.ToArray(), keepdim) : throw Unsupported();

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            @out is null ? Ops.amax.Call(this, dims, keepdim) : throw Unsupported();

        public Tensor amax(params long[] dims) => Ops.amax.Call(this, dims, false);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            @out is null ? Ops.amin.Call(this, dims.ToArray(), keepdim) : throw Unsupported();

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            @out is null ? Ops.amin.Call(this, dims, keepdim) : throw Unsupported();

        public Tensor amin(params long[] dims) => Ops.amin.Call(this, dims, false);

        public Tensor argmax() => Ops.argmax.Call(this, Argument.None, false);

        public Tensor argmax(long dim, bool keepdim = false) => Ops.argmax.Call(this, dim, keepdim);

        public Tensor argmin() => Ops.argmin.Call(this, Argument.None, false);

        public Tensor argmin(long dim, bool keepdim = false) => Ops.argmin.Call(this, dim, keepdim);

        public Tensor argsort(long dim = -1, bool descending = false) => Ops.argsort.Call(this, dim, descending);

        public (Tensor, Tensor) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Ops.sort_stable.Call2(this, stable, dim, descending);

        public (Tensor, Tensor) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Ops.topk.Call2(this, k, dim, largest, sorted);

        public Tensor median() => Ops.median.Call(this);

        public Tensor norm(float p = 2) => Ops.norm_Scalar.Call(this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) =>
            Ops.norm_ScalarOpt_dim.Call(this, (double)p, new long[] { dim }, keepdim);

        public Tensor prod(ScalarType? type = null) => Ops.prod.Call(this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Ops.prod_dim_int.Call(this, dim, keepdim, type);

        public Tensor cumsum(long dim, ScalarType? type = null) => Ops.cumsum.Call(this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => Ops.cumprod.Call(this, dim, type);

        public Tensor logsumexp(long dim, bool keepdim = false) => Ops.logsumexp.Call(this, new[] { dim }, keepdim);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Ops.softmax_int.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Ops.log_softmax_int.Call(this, dim, dtype);

        public (Tensor, Tensor, Tensor) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false,
            int? dim = null) =>
            dim is { } along
                ? Ops.unique_dim.Call3(this, along, sorted, return_inverse, return_counts)
                : Ops._unique2.Call3(this, sorted, return_inverse, return_counts);

        public Tensor bincount(Tensor? weights, long minlength = 0) => Ops.bincount.Call(this, weights, minlength);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Ops.multinomial.Call(this, num_samples, replacement, generator);

        private Tensor Sum(long[] dims, bool keepdim, ScalarType? type) => Ops.sum_dim_IntList.Call(this, dims, keepdim, type);

        private Tensor Variance(long[] dims, bool unbiased, bool keepdim, ScalarType? type) =>
            Ops.var_dim.Call(As(type), dims, unbiased, keepdim);

        private Tensor Deviation(long[] dims, bool unbiased, bool keepdim, ScalarType? type) =>
            Ops.std_dim.Call(As(type), dims, unbiased, keepdim);

        private (Tensor, Tensor) VarianceAndMean(long[] dims, bool unbiased, bool keepdim, ScalarType? type) =>
            Ops.var_mean_dim.Call2(As(type), dims, unbiased, keepdim);

        private (Tensor, Tensor) DeviationAndMean(long[] dims, bool unbiased, bool keepdim, ScalarType? type) =>
            Ops.std_mean_dim.Call2(As(type), dims, unbiased, keepdim);

        private Tensor As(ScalarType? type) => type is { } t && t != dtype ? to_type(t) : this;

        private static long[] Dims((long, long) dims) => [dims.Item1, dims.Item2];

        private static long[] Dims((long, long, long) dims) => [dims.Item1, dims.Item2, dims.Item3];
    }
}
