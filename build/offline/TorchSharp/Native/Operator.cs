using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>One of libtorch's operators, looked up by its schema's name at its first call.</summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private IntPtr _handle;

    internal Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return new Tensor((IntPtr)result.Bits);
    }

    /// <summary>For operators that change their first argument and return it.</summary>
    internal Tensor InPlace(params ReadOnlySpan<Argument> arguments)
    {
        Invoke(arguments, null, 0);
        return (Tensor)arguments[0].Content!;
    }

    internal (Tensor, Tensor) Call2(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue* results = stackalloc NativeValue[2];
        Invoke(arguments, results, 2);
        return (new Tensor((IntPtr)results[0].Bits), new Tensor((IntPtr)results[1].Bits));
    }

    internal (Tensor, Tensor, Tensor) Call3(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue* results = stackalloc NativeValue[3];
        Invoke(arguments, results, 3);
        return (new Tensor((IntPtr)results[0].Bits), new Tensor((IntPtr)results[1].Bits), new Tensor((IntPtr)results[2].Bits));
    }

    internal Tensor[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return Adopt(result)!;
    }

    internal bool CallBool(params ReadOnlySpan<Argument> arguments) => CallNumber(arguments).Bits != 0;

    internal NativeValue CallNumber(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return result;
    }

    internal void Run(params ReadOnlySpan<Argument> arguments) => Invoke(arguments, null, 0);

    /// <summary>Takes over a list of tensors that the shim returned; undefined ones become null.</summary>
    internal static Tensor[] Adopt(NativeValue list)
    {
        var handles = (IntPtr*)list.Bits;
        var tensors = new Tensor[list.Count];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = handles[i] == IntPtr.Zero ? null! : new Tensor(handles[i]);
        NativeMethods.ts_free(handles);
        return tensors;
    }

    [SkipLocalsInit]
    private void Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int room)
    {
        const int OnStack = 128;
        if (_handle == IntPtr.Zero)
            _handle = NativeMethods.Check(NativeMethods.ts_find(name, overload));
        int words = 0;
        foreach (ref readonly var argument in arguments)
            words += argument.Words;
        var buffer = words <= OnStack ? stackalloc long[OnStack] : new long[words];
        NativeValue* native = stackalloc NativeValue[arguments.Length];
        fixed (long* start = buffer)
        {
            var free = start;
            for (int i = 0; i < arguments.Length; i++)
            {
                arguments[i].Write(native + i, free);
                free += arguments[i].Words;
            }
            NativeMethods.Check(NativeMethods.ts_call(_handle, native, arguments.Length, results, room));
        }
    }
}
