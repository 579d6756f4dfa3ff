using System.Runtime.CompilerServices;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A libtorch tensor: its life, and the scope that ends it.</summary>
    public partial class Tensor : IDisposable
    {
        private static long s_total;
        private static long s_peak;
        private IntPtr _handle;

        internal Tensor(IntPtr handle)
        {
            _handle = handle;
            long total = Interlocked.Increment(ref s_total);
            if (total > s_peak)
                s_peak = total;
            OwningDisposeScope = DisposeScopeManager.Current.Register(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>How many tensors live in the process. A tensor made into a Parameter stays counted, as TorchSharp counts it.</summary>
        public static long TotalCount => Interlocked.Read(ref s_total);

        public static long PeakCount => s_peak;

        public IntPtr Handle => _handle != IntPtr.Zero ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public bool IsInvalid => _handle == IntPtr.Zero;

        public string? name { get; set; }

        internal DisposeScope? OwningDisposeScope { get; set; }

        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (disposing)
                OwningDisposeScope?.MarkAsDisposed(this);
            var handle = Interlocked.Exchange(ref _handle, IntPtr.Zero);
            if (handle == IntPtr.Zero)
                return;
            Interlocked.Decrement(ref s_total);
            NativeMethods.ts_release(handle);
        }

        public IntPtr DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            var handle = Handle;
            Interlocked.Decrement(ref s_total);
            _handle = IntPtr.Zero;
            return handle;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null && other is not null)
                other.Attach(this);
            else
                OwningDisposeScope?.MoveToOther(other, this);
            return this;
        }

        /// <summary>Whether shape and elements are the same.</summary>
        public bool Equals(Tensor target) => target is not null && Ops.equal.CallBool(this, target);

        public override bool Equals(object? obj) => obj is Tensor tensor && Equals(tensor);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        /// <summary>A second managed tensor over the same native one.</summary>
        internal IntPtr SharedHandle()
        {
            var handle = Handle;
            NativeMethods.ts_retain(handle);
            return handle;
        }

        /// <summary>Leaves this object empty; its count stays with it.</summary>
        internal IntPtr MoveHandle()
        {
            var handle = Handle;
            _handle = IntPtr.Zero;
            return handle;
        }
    }
}
