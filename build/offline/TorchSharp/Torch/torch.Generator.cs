using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static Generator manual_seed(long seed)
    {
        NativeMethods.Check(NativeMethods.ts_manual_seed(seed));
        return Generator.Default;
    }

    public static Tensor get_rng_state() => Generator.Default.get_state();

    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    public static long seed() => Generator.Default.seed();

    public static long initial_seed() => Generator.Default.initial_seed();

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        public static Tensor get_rng_state() => torch.get_rng_state();

        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);

        public static long seed() => torch.seed();

        public static long initial_seed() => torch.initial_seed();
    }

    public class Generator : IDisposable
    {
        private static readonly Generator s_default = new(NativeMethods.Check(NativeMethods.ts_generator(0, -1, 0, 0)), CPU);
        private IntPtr _handle;

        public Generator(ulong seed = 0, Device? device = null)
            : this(NativeMethods.Check(NativeMethods.ts_generator((int)(device ?? CPU).type, (device ?? CPU).index, 1, (long)seed)),
                device ?? CPU)
        {
        }

        internal Generator(IntPtr handle, Device device)
        {
            _handle = handle;
            this.device = device;
        }

        ~Generator() => Dispose(false);

        public static Generator Default => s_default;

        public Device device { get; }

        public IntPtr Handle => _handle != IntPtr.Zero ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.ts_generator_set_seed(Handle, seed));
            return this;
        }

        public long seed() => NativeMethods.ts_generator_seed(Handle, 1);

        public long initial_seed() => NativeMethods.ts_generator_seed(Handle, 0);

        public Tensor get_state() => new(NativeMethods.Check(NativeMethods.ts_generator_state(Handle)));

        public void set_state(Tensor value) => NativeMethods.Check(NativeMethods.ts_generator_set_state(Handle, value.Handle));

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>The process's own generator stays usable whoever disposes it.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (ReferenceEquals(this, s_default) || _handle == IntPtr.Zero)
                return;
            NativeMethods.ts_generator_release(_handle);
            _handle = IntPtr.Zero;
        }
    }
}
