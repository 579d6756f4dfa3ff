using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Current.Open();

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.Current.Innermost;

    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => NativeMethods.ts_grad_mode() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => NativeMethods.ts_inference_mode() != 0;

    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.ts_set_threads(num, 0));

    public static int get_num_threads() => NativeMethods.ts_threads();

    public static void set_num_interop_threads(int num) => NativeMethods.Check(NativeMethods.ts_set_threads(num, 1));

    public static int get_num_interop_threads() => NativeMethods.ts_interop_threads();

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        internal GradMode(bool enabled) => NativeMethods.ts_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.ts_set_grad_mode(_before ? 1 : 0);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private IntPtr _guard = NativeMethods.ts_inference_enter(enabled ? 1 : 0);

        public void Dispose()
        {
            if (_guard != IntPtr.Zero)
                NativeMethods.ts_inference_leave(_guard);
            _guard = IntPtr.Zero;
        }
    }
}
