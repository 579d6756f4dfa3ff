using System.Numerics;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) =>
        Made(FromArray(data), dtype, device, false, null);

    public static Tensor as_tensor(Complex[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<Complex>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(IList<Complex> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<Complex>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<(float, float)> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<(float, float)>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<bool>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<byte>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<double> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<double>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<float>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<int>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<long> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<long>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<sbyte> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<sbyte>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(IList<short> rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<short>(rawArray.ToArray(), [rawArray.Count]), dtype, device, false, null);

    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null) =>
        data.to(dtype ?? data.dtype, device ?? data.device);

    public static Tensor as_tensor((float, float)[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<(float, float)>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<bool>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<byte>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<double>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<float>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<int>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<long>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(sbyte[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<sbyte>(rawArray, [rawArray.Length]), dtype, device, false, null);

    public static Tensor as_tensor(short[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Made(FromSpan<short>(rawArray, [rawArray.Length]), dtype, device, false, null);
}
