using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public partial class Module
            {
                public Module _to(Tensor other, bool non_blocking)
                {
                    _to(other.dtype, non_blocking);
                    return _to(other.device_type, other.device_index, non_blocking);
                }

                protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
                {
                    _toEpilog(deviceType, deviceIndex, non_blocking);
                    return this;
                }

                protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
                {
                    ThrowIfUnlearnable(dtype);
                    _toEpilog(device, dtype, non_blocking);
                    return this;
                }

                protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
                {
                    ThrowIfUnlearnable(dtype);
                    _toEpilog(dtype, non_blocking);
                    return this;
                }

                protected void _toEpilog(ScalarType dtype, bool non_blocking)
                {
                    foreach (var (_, child) in named_children())
                        child._to(dtype, non_blocking);
                    Move(null, dtype, non_blocking);
                }

                protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking)
                {
                    foreach (var (_, child) in named_children())
                        child._to(device, dtype, non_blocking);
                    Move(device, dtype, non_blocking);
                }

                protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking)
                {
                    foreach (var (_, child) in named_children())
                        child._to(deviceType, deviceIndex, non_blocking);
                    Move(new Device(deviceType, deviceType == DeviceType.CPU ? -1 : deviceIndex), null, non_blocking);
                }

                private static void ThrowIfUnlearnable(ScalarType dtype)
                {
                    if (!is_floating_point(dtype) && !is_complex(dtype))
                        throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
                }

                /// <summary>Replaces what has to change by new parameters and buffers, in the fields that hold them too; the old ones end.</summary>
                private void Move(Device? device, ScalarType? dtype, bool nonBlocking)
                {
                    var fields = Fields().ToLookup(NameOf);
                    foreach (var (key, parameter) in _internal_params.ToList<(string, Parameter)>())
                    {
                        if (Moved(parameter, device, dtype, nonBlocking) is not { } moved)
                            continue;
                        var replacement = Replacement(parameter, moved, device, dtype, nonBlocking);
                        _internal_params[key] = replacement;
                        foreach (var field in fields[key])
                            field.SetValue(this, replacement);
                    }
                    foreach (var (key, (buffer, persistent)) in _internal_buffers.ToList<(string, (Tensor, bool))>())
                    {
                        if (Moved(buffer, device, dtype, nonBlocking) is not { } moved)
                            continue;
                        buffer.Dispose();
                        _internal_buffers[key] = (moved.DetachFromDisposeScope(), persistent);
                        foreach (var field in fields[key])
                            field.SetValue(this, moved);
                    }
                }

                private static Tensor? Moved(Tensor tensor, Device? device, ScalarType? dtype, bool nonBlocking)
                {
                    var type = is_floating_point(tensor.dtype) ? dtype ?? tensor.dtype : tensor.dtype;
                    bool here = device is null
                        || (device.type == tensor.device_type && (device.index < 0 || device.index == tensor.device_index));
                    if (here && type == tensor.dtype)
                        return null;
                    using (no_grad())
                        return tensor.to(type, device ?? tensor.device, non_blocking: nonBlocking);
                }

                private static Parameter Replacement(Parameter old, Tensor moved, Device? device, ScalarType? dtype, bool nonBlocking)
                {
                    var parameter = new Parameter(moved, old.requires_grad);
                    parameter.DetachFromDisposeScope();
                    using var grad = old.grad;
                    if (grad is not null)
                    {
                        using var to = Moved(grad, device, dtype, nonBlocking);
                        parameter.grad = to ?? grad;
                    }
                    old.Dispose();
                    return parameter;
                }
            }
        }
    }

    public static class ModuleExtensionMethods
    {
        public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1,
            bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(deviceType, deviceIndex, non_blocking);

        public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(device.type, device.index, non_blocking);

        public static T to<T>(this T module, torch.Device device, torch.ScalarType type,
            bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(device, type, non_blocking);

        public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module =>
            module.to(new torch.Device(device), non_blocking);

        public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(type, non_blocking);

        public static T to<T>(this T module, torch.Tensor other, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(other, non_blocking);

        public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
            module.to(DeviceType.CPU, -1, non_blocking);

        public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module =>
            module.to(DeviceType.CUDA, deviceIndex, non_blocking);

        public static T half<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
            module.to(torch.ScalarType.Float16, non_blocking);

        public static T bfloat16<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
            module.to(torch.ScalarType.BFloat16, non_blocking);

        public static T @float<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
            module.to(torch.ScalarType.Float32, non_blocking);

        public static T @double<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
            module.to(torch.ScalarType.Float64, non_blocking);
    }
}
