using System.Runtime.CompilerServices;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => Indexed(indices);
            set => PutAt(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => At(indices);
            set => PutAtPosition(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => At([i1]);
            set => PutAtPosition(value, [i1]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => At([i1, i2]);
            set => PutAtPosition(value, [i1, i2]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => At([i1, i2, i3]);
            set => PutAtPosition(value, [i1, i2, i3]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => At([i1, i2, i3, i4]);
            set => PutAtPosition(value, [i1, i2, i3, i4]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => At([i1, i2, i3, i4, i5]);
            set => PutAtPosition(value, [i1, i2, i3, i4, i5]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => At([i1, i2, i3, i4, i5, i6]);
            set => PutAtPosition(value, [i1, i2, i3, i4, i5, i6]);
        }

        private Tensor At(ReadOnlySpan<long> indices) => Indexed(ToIndices(indices));

        private void PutAtPosition(Tensor value, ReadOnlySpan<long> indices) => PutAt(value, ToIndices(indices));

        private static TensorIndex[] ToIndices(ReadOnlySpan<long> indices)
        {
            var result = new TensorIndex[indices.Length];
            for (int i = 0; i < result.Length; i++)
                result[i] = TensorIndex.Single(indices[i]);
            return result;
        }

        private Tensor Indexed(TensorIndex[] indices)
        {
            var view = View(indices, out var by);
            try
            {
                return by is null ? Ops.alias.Call(view) : Ops.index_Tensor.Call(view, Argument.Optional(by));
            }
            finally
            {
                if (!ReferenceEquals(view, this))
                    view.Dispose();
            }
        }

        private Tensor PutAt(Tensor value, TensorIndex[] indices)
        {
            var view = View(indices, out var by);
            if (by is not null)
                Ops.index_put_.Run(view, Argument.Optional(by), value.to(view.dtype, view.device), false);
            else if (value.Dimensions == 0 && value.device_type != view.device_type)
                view.fill_(value.ToScalar());
            else
                view.copy_(value);
            if (!ReferenceEquals(view, this))
                view.Dispose();
            return this;
        }

        private Tensor PutAt(Scalar value, TensorIndex[] indices)
        {
            using var tensor = FromScalar(value, dtype, device);
            return PutAt(tensor, indices);
        }

        private Tensor PutAt(Scalar value, Tensor[] indices)
        {
            using var tensor = FromScalar(value, dtype, device);
            return Ops.index_put_.InPlace(this, Argument.Optional(indices), tensor, false);
        }

        /// <summary>Applies the indices that only make views, one after the other; the tensors among them are left to index or index_put_.</summary>
        private Tensor View(TensorIndex[] indices, out Tensor?[]? by)
        {
            by = null;
            Tensor view = this;
            int at = 0;
            for (int i = 0; i < indices.Length; i++)
            {
                if (indices[i].Form == IndexForm.Ellipsis)
                {
                    at = (int)view.Dimensions - indices[(i + 1)..].Sum(Consumed);
                    continue;
                }
                var next = Apply(view, indices[i], ref at, ref by);
                if (!ReferenceEquals(next, view) && !ReferenceEquals(view, this))
                    view.Dispose();
                view = next;
            }
            return view;
        }

        private static Tensor Apply(Tensor view, TensorIndex index, ref int at, ref Tensor?[]? by)
        {
            switch (index.Form)
            {
                case IndexForm.Single:
                    return view.select(at, index.Start!.Value);
                case IndexForm.Slice:
                    var whole = index is { Start: null, Stop: null, Step: null };
                    int dim = at++;
                    return whole ? view : Ops.slice_Tensor.Call(view, dim, index.Start, index.Stop, index.Step ?? 1);
                case IndexForm.NewAxis:
                    return view.unsqueeze(at++);
                case IndexForm.Tensor:
                    by = [.. by ?? [], .. Enumerable.Repeat<Tensor?>(null, at - (by?.Length ?? 0)), index.By];
                    at += Consumed(index);
                    return view;
                default:
                    throw new NotSupportedException("An index of a single bool is not supported by this stand-in for TorchSharp; index with a tensor of bools.");
            }
        }

        private static int Consumed(TensorIndex index) => index.Form switch
        {
            IndexForm.NewAxis or IndexForm.Ellipsis => 0,
            IndexForm.Tensor when index.By!.dtype is ScalarType.Bool or ScalarType.Byte => (int)index.By.Dimensions,
            _ => 1,
        };
    }
}
