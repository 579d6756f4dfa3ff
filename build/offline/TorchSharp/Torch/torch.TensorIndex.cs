namespace TorchSharp;

public static partial class torch
{
    /// <summary>What may stand between a tensor's brackets for one dimension.</summary>
    public struct TensorIndex
    {
        public static TensorIndex Ellipsis = new() { Form = IndexForm.Ellipsis };
        public static TensorIndex None = new() { Form = IndexForm.NewAxis };
        public static TensorIndex Null = new() { Form = IndexForm.NewAxis };
        public static TensorIndex Colon = new() { Form = IndexForm.Slice };

        internal IndexForm Form { get; private init; }

        internal long? Start { get; private init; }

        internal long? Stop { get; private init; }

        internal long? Step { get; private init; }

        internal Tensor? By { get; private init; }

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Form = IndexForm.Slice, Start = start, Stop = stop, Step = step };

        public static TensorIndex Slice((int?, int?) range) => Slice(range.Item1, range.Item2);

        public static TensorIndex Slice(Range range) => Slice(Position(range.Start), range.End.Equals(^0) ? null : Position(range.End));

        public static TensorIndex Bool(bool value) => new() { Form = IndexForm.Bool, Start = value ? 1 : 0 };

        public static TensorIndex Single(long? index) => new() { Form = IndexForm.Single, Start = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { Form = IndexForm.Tensor, By = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(Position(index));

        public static implicit operator Tensor(TensorIndex value) =>
            value.By ?? throw new InvalidCastException($"An index of the form {value.Form} holds no tensor.");

        private static long Position(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }

    internal enum IndexForm
    {
        Slice, Single, NewAxis, Ellipsis, Bool, Tensor,
    }
}
