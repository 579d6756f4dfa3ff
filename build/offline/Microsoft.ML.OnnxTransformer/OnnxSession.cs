using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>
/// Keeps a session until the last run in it has ended. A prediction engine disposes of its model when it is disposed of itself, and
/// ONNX Runtime ends the process where another thread still runs in a session that is gone.
/// </summary>
internal sealed class OnnxSession : SafeHandle
{
    private readonly InferenceSession _session;

    internal OnnxSession(InferenceSession session)
        : base(0, ownsHandle: true)
    {
        _session = session;
        // Any value but 0: the session has its own handle.
        SetHandle(1);
    }

    public override bool IsInvalid => handle == 0;

    internal IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, string[] inputNames, OrtValue[] inputs, IReadOnlyCollection<string> outputNames)
    {
        bool entered = false;
        try
        {
            DangerousAddRef(ref entered);
            return _session.Run(options, inputNames, inputs, outputNames);
        }
        finally
        {
            if (entered)
                DangerousRelease();
        }
    }

    protected override bool ReleaseHandle()
    {
        _session.Dispose();
        return true;
    }
}
