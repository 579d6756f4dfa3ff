using System.Runtime.CompilerServices;
using TorchSharp.Native;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements' bytes, for as long as the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                long total = NumberOfElements * ElementSize;
                CheckReadable(total);
                return new Span<byte>(Pointer(), (int)total);
            }
            set
            {
                long total = NumberOfElements * ElementSize;
                CheckReadable(total);
                if (total != value.Length)
                    throw new ArgumentException($"The tensor has {total} bytes, got {value.Length}.");
                value.CopyTo(new Span<byte>(Pointer(), value.Length));
            }
        }

        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            if (ElementTypes.Of(typeof(T)) != dtype)
                throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
            return new TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException($"Number of elements in the tensor must be 1, got {NumberOfElements}.");
            if (ElementTypes.Of(typeof(T)) != dtype)
                throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
            if (device_type == DeviceType.CPU)
                return ReadElement<T>(0);
            using var here = cpu();
            return here.ReadElement<T>(0);
        }

        public Scalar ToScalar() => new(Ops._local_scalar_dense.CallNumber(this));

        public bool is_nonzero()
        {
            if (NumberOfElements != 1)
                throw new InvalidOperationException("is_nonzero() called on non-singleton tensor");
            return Ops.is_nonzero.CallBool(this);
        }

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            CheckReadable(0);
            long total = NumberOfElements * ElementSize;
            for (long done = 0; done < total; done += int.MaxValue)
                stream.Write(Chunk(done, total));
        }

        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            CheckReadable(0);
            long total = NumberOfElements * ElementSize;
            for (long done = 0; done < total; done += int.MaxValue)
                stream.ReadExactly(Chunk(done, total));
        }

        internal unsafe void* Pointer()
        {
            var pointer = NativeMethods.ts_data(Handle);
            return pointer is null && NumberOfElements > 0 ? throw NativeMethods.Failure() : pointer;
        }

        /// <summary>The element at a flat index in row-major order, of a tensor on the CPU.</summary>
        internal unsafe T ReadElement<T>(long index) where T : unmanaged =>
            Unsafe.ReadUnaligned<T>((byte*)Pointer() + Offset(shape, stride(), index) * sizeof(T));

        /// <summary>Where, in elements from the first, a row-major flat index lies.</summary>
        internal static long Offset(long[] shape, long[] strides, long index)
        {
            long offset = 0;
            for (int i = shape.Length - 1; i >= 0; i--)
            {
                offset += index % shape[i] * strides[i];
                index /= shape[i];
            }
            return offset;
        }

        private unsafe Span<byte> Chunk(long start, long total) =>
            new((byte*)Pointer() + start, (int)Math.Min(int.MaxValue, total - start));

        private void CheckReadable(long total)
        {
            if (!is_contiguous())
                throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            if (total > int.MaxValue)
                throw new ArgumentException("Span only supports up to int.MaxValue elements.");
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        }
    }
}
