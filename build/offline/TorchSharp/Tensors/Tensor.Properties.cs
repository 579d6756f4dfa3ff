using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => NativeMethods.ts_dim(Handle);

        public long ndim => Dimensions;

        public long NumberOfElements => NativeMethods.ts_numel(Handle);

        public long ElementSize => NativeMethods.ts_element_size(Handle);

        public ScalarType dtype => (ScalarType)NativeMethods.ts_dtype(Handle);

        public Device device
        {
            get
            {
                var type = DeviceOf(out int index);
                return type == DeviceType.CPU ? CPU : new Device(type, index);
            }
        }

        public DeviceType device_type => DeviceOf(out _);

        public int device_index
        {
            get
            {
                DeviceOf(out int index);
                return index;
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_sparse => NativeMethods.ts_is_sparse(Handle) != 0;

        public bool is_leaf => NativeMethods.ts_is_leaf(Handle) != 0;

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                fixed (long* to = sizes)
                    NativeMethods.ts_shape(Handle, to);
                return sizes;
            }
        }

        public bool requires_grad
        {
            get => NativeMethods.ts_requires_grad(Handle) != 0;
            set => NativeMethods.Check(NativeMethods.ts_set_requires_grad(Handle, value ? 1 : 0));
        }

        public Tensor? grad
        {
            get
            {
                var handle = NativeMethods.ts_grad(Handle);
                return handle == IntPtr.Zero ? null : new Tensor(handle);
            }
            set => NativeMethods.Check(NativeMethods.ts_set_grad(Handle, value?.Handle ?? IntPtr.Zero));
        }

        public long dim() => Dimensions;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public long[] size() => shape;

        public long size(int dim) => shape[Wrap(dim)];

        public long stride(int dim) => stride()[Wrap(dim)];

        public unsafe long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* to = strides)
                NativeMethods.ts_strides(Handle, to);
            return strides;
        }

        public long storage_offset() => NativeMethods.ts_storage_offset(Handle);

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_contiguous()
        {
            int answer = NativeMethods.ts_is_contiguous(Handle, 0);
            NativeMethods.Check(answer);
            return answer != 0;
        }

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => NativeMethods.Check(NativeMethods.ts_retain_grad(Handle));

        public void backward() => backward(null);

        public void backward(IList<Tensor>? grad_tensors = null, bool create_graph = false, bool retain_graph = false,
            IList<Tensor>? inputs = null) =>
            autograd.Backward([this], grad_tensors, retain_graph || create_graph, create_graph, inputs);

        private unsafe DeviceType DeviceOf(out int index)
        {
            int found;
            var type = (DeviceType)NativeMethods.ts_device(Handle, &found);
            index = found;
            return type;
        }

        private long Wrap(long dim) => dim < 0 ? dim + Dimensions : dim;
    }
}
