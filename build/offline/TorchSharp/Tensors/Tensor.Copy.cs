using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            Converted(dtype, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(dtype, device, copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(type, device, copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => Converted(other.dtype, other.device, false, false, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(dtype, new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(type, device, copy, disposeAfter, non_blocking);

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor cpu() => Converted(dtype, CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) => Converted(dtype, device ?? CUDA, nonBlocking: non_blocking);

        public Tensor @bool() => to_type(ScalarType.Bool);

        public Tensor @byte() => to_type(ScalarType.Byte);

        public Tensor @char() => to_type(ScalarType.Int8);

        public Tensor @double() => to_type(ScalarType.Float64);

        public Tensor @float() => to_type(ScalarType.Float32);

        public Tensor half() => to_type(ScalarType.Float16);

        public Tensor @int() => to_type(ScalarType.Int32);

        public Tensor @long() => to_type(ScalarType.Int64);

        public Tensor @short() => to_type(ScalarType.Int16);

        public Tensor bfloat16() => to_type(ScalarType.BFloat16);

        public Tensor contiguous() => Ops.contiguous.Call(this, 0L);

        public Tensor clone() => Ops.clone.Call(this, Argument.None);

        public Tensor detach() => Ops.detach.Call(this);

        public Tensor detach_() => Ops.detach_.InPlace(this);

        public Tensor alias() => Ops.alias.Call(this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Ops.copy_.InPlace(this, source, nonBlocking);

        public Tensor zero_() => Ops.zero_.InPlace(this);

        public Tensor fill_(Scalar value) => Ops.fill__Scalar.InPlace(this, value);

        public Tensor set_(Tensor source) => Ops.set__source_Tensor.InPlace(this, source);

        public Tensor pin_memory() => Ops.pin_memory.Call(this, Argument.None);

        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.zeros_like.Call(this, dtype, Argument.None, device, Argument.None, Argument.None).with_requires_grad(requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.ones_like.Call(this, dtype, Argument.None, device, Argument.None, Argument.None).with_requires_grad(requires_grad);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.empty_like.Call(this, dtype, Argument.None, device, Argument.None, Argument.None).with_requires_grad(requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.full_like.Call(this, value, dtype, Argument.None, device, Argument.None, Argument.None).with_requires_grad(requires_grad);

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.rand_like.Call(this, dtype, Argument.None, device, Argument.None, Argument.None).with_requires_grad(requires_grad);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.randn_like.Call(this, dtype, Argument.None, device, Argument.None, Argument.None).with_requires_grad(requires_grad);

        public Tensor uniform_(double from, double to, Generator? generator = null) => Ops.uniform_.InPlace(this, from, to, generator);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            Ops.normal_.InPlace(this, mean, std, generator);

        public Tensor bernoulli(Generator? generator = null) => Ops.bernoulli.Call(this, generator);

        public Tensor bernoulli_(Tensor p, Generator? generator = null) => Ops.bernoulli__Tensor.InPlace(this, p, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Ops.bernoulli__float.InPlace(this, p, generator);

        public Tensor random_(double from, double to, Generator? generator = null) =>
            Ops.random__from.InPlace(this, (long)from, (long)to, generator);

        public Tensor exponential_(double lambda = 1, Generator? generator = null) => Ops.exponential_.InPlace(this, lambda, generator);

        private Tensor Converted(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool nonBlocking = false)
        {
            var result = Ops.to_device.Call(this, device, type, nonBlocking, copy);
            if (disposeAfter)
                Dispose();
            return result;
        }

        private static NotSupportedException Unsupported([System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
            new($"This overload of Tensor.{name} is not supported by this stand-in for TorchSharp.");

        /// <summary>A zero-dimensional tensor of a scalar's value.</summary>
        internal static Tensor FromScalar(Scalar scalar, ScalarType type, Device device) =>
            Ops.scalar_tensor.Call(scalar, type, Argument.None, device, Argument.None);
    }
}
