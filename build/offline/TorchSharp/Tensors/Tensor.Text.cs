using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public override string ToString() => Metadata();

        public string ToString(TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null,
            string? newLine = null) =>
            style is TensorStringStyle.Metadata or TensorStringStyle.Default
                ? Metadata()
                : throw new NotSupportedException($"The style {style} is not supported by this stand-in for TorchSharp; read the values by data<T>().");

        public string ToString(bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null,
            string? newLine = null) =>
            Metadata();

        private string Metadata() => $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
    }
}
