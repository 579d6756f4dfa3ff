using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>What native/torch_shim.cpp exports. Handles of tensors own one reference to a TensorImpl.</summary>
internal static unsafe class NativeMethods
{
    private const string Shim = "torch_shim";

    [DllImport(Shim)] internal static extern byte* ts_error();
    [DllImport(Shim)] internal static extern IntPtr ts_find([MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string overload);
    [DllImport(Shim)] internal static extern int ts_call(IntPtr op, NativeValue* arguments, int count, NativeValue* results, int room);
    [DllImport(Shim)] internal static extern void ts_free(void* memory);

    [DllImport(Shim), SuppressGCTransition] internal static extern void ts_retain(IntPtr tensor);
    [DllImport(Shim)] internal static extern void ts_release(IntPtr tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long ts_dim(IntPtr tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long ts_numel(IntPtr tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern int ts_dtype(IntPtr tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern int ts_element_size(IntPtr tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long ts_storage_offset(IntPtr tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern int ts_requires_grad(IntPtr tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern void ts_shape(IntPtr tensor, long* sizes);
    [DllImport(Shim), SuppressGCTransition] internal static extern void ts_strides(IntPtr tensor, long* strides);
    [DllImport(Shim), SuppressGCTransition] internal static extern int ts_device(IntPtr tensor, int* index);
    [DllImport(Shim)] internal static extern int ts_is_leaf(IntPtr tensor);
    [DllImport(Shim)] internal static extern int ts_is_sparse(IntPtr tensor);
    [DllImport(Shim)] internal static extern int ts_is_contiguous(IntPtr tensor, int format);
    [DllImport(Shim)] internal static extern void* ts_data(IntPtr tensor);
    [DllImport(Shim)] internal static extern int ts_set_requires_grad(IntPtr tensor, int value);
    [DllImport(Shim)] internal static extern int ts_retain_grad(IntPtr tensor);
    [DllImport(Shim)] internal static extern IntPtr ts_grad(IntPtr tensor);
    [DllImport(Shim)] internal static extern int ts_set_grad(IntPtr tensor, IntPtr grad);

    [DllImport(Shim)]
    internal static extern int ts_backward(IntPtr* roots, int rootCount, IntPtr* grads, int gradCount, IntPtr* inputs, int inputCount,
        int retain, int create);

    [DllImport(Shim)]
    internal static extern int ts_autograd_grad(IntPtr* outputs, int outputCount, IntPtr* inputs, int inputCount, IntPtr* grads,
        int gradCount, int retain, int create, int unused, NativeValue* result);

    [DllImport(Shim), SuppressGCTransition] internal static extern int ts_grad_mode();
    [DllImport(Shim), SuppressGCTransition] internal static extern void ts_set_grad_mode(int enabled);
    [DllImport(Shim), SuppressGCTransition] internal static extern int ts_inference_mode();
    [DllImport(Shim)] internal static extern IntPtr ts_inference_enter(int enabled);
    [DllImport(Shim)] internal static extern void ts_inference_leave(IntPtr guard);
    [DllImport(Shim)] internal static extern int ts_threads();
    [DllImport(Shim)] internal static extern int ts_interop_threads();
    [DllImport(Shim)] internal static extern int ts_set_threads(int count, int interop);
    [DllImport(Shim)] internal static extern int ts_cuda_count();
    [DllImport(Shim)] internal static extern int ts_cudnn();
    [DllImport(Shim)] internal static extern int ts_synchronize(int type, int index);
    [DllImport(Shim)] internal static extern int ts_manual_seed(long seed);
    [DllImport(Shim)] internal static extern IntPtr ts_generator(int type, int index, int fresh, long seed);
    [DllImport(Shim)] internal static extern void ts_generator_release(IntPtr generator);
    [DllImport(Shim)] internal static extern long ts_generator_seed(IntPtr generator, int renew);
    [DllImport(Shim)] internal static extern int ts_generator_set_seed(IntPtr generator, long seed);
    [DllImport(Shim)] internal static extern IntPtr ts_generator_state(IntPtr generator);
    [DllImport(Shim)] internal static extern int ts_generator_set_state(IntPtr generator, IntPtr state);

    internal static ExternalException Failure() => new(Marshal.PtrToStringUTF8((IntPtr)ts_error()));

    internal static void Check(int status)
    {
        if (status < 0)
            throw Failure();
    }

    internal static IntPtr Check(IntPtr handle) => handle == IntPtr.Zero ? throw Failure() : handle;
}
