using System.Runtime.InteropServices;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What TorchSharp doesn't tell of CUDA devices, from the driver that every one of them has.</summary>
internal static unsafe class CudaDriver
{
    private const int MajorCapability = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR

    private static string Library => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>The first number of a device's compute capability; 0 where there is no telling.</summary>
    /// <param name="device">Its number, as libtorch counts: both go by CUDA_VISIBLE_DEVICES.</param>
    public static int Capability(int device)
    {
        if (!NativeLibrary.TryLoad(Library, out var library))
            return 0;
        try
        {
            return NativeLibrary.TryGetExport(library, "cuInit", out var init)
                && NativeLibrary.TryGetExport(library, "cuDeviceGet", out var get)
                && NativeLibrary.TryGetExport(library, "cuDeviceGetAttribute", out var attribute)
                    ? Ask((delegate* unmanaged<uint, int>)init, (delegate* unmanaged<int*, int, int>)get, (delegate* unmanaged<int*, int, int, int>)attribute, device)
                    : 0;
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    private static int Ask(delegate* unmanaged<uint, int> init, delegate* unmanaged<int*, int, int> get, delegate* unmanaged<int*, int, int, int> attribute, int device)
    {
        int handle, major;
        return init(0) == 0 && get(&handle, device) == 0 && attribute(&major, MajorCapability, handle) == 0 ? major : 0;
    }
}
