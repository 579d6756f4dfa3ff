using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);

    public static Device CUDA => new(DeviceType.CUDA);

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);

    public static Device get_default_device() => CPU;

    public static bool cuda_is_available() => cuda.is_available();

    public class Device
    {
        public Device(string description)
        {
            var parts = description.Split(':');
            type = Parse(parts[0]);
            index = parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : -1;
        }

        public Device(string deviceType, int index = -1)
            : this(Parse(deviceType), index)
        {
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return type == DeviceType.CPU || index < 0 ? name : $"{name}:{index}";
        }

        private static DeviceType Parse(string name) => name.ToLowerInvariant() switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            "mps" => DeviceType.MPS,
            "meta" => DeviceType.META,
            _ => throw new ArgumentException($"'{name}' is no device; expected cpu, cuda, mps or meta."),
        };
    }

    public static partial class cuda
    {
        public static bool is_available() => NativeMethods.ts_cuda_count() > 0;

        public static bool is_cudnn_available() => is_available() && NativeMethods.ts_cudnn() != 0;

        public static int device_count() => NativeMethods.ts_cuda_count();

        public static void manual_seed(long seed) => SeedAll(seed);

        public static void manual_seed_all(long seed) => SeedAll(seed);

        public static void synchronize(Device? device = null!) =>
            NativeMethods.Check(NativeMethods.ts_synchronize((int)DeviceType.CUDA, device?.index ?? -1));

        private static void SeedAll(long seed)
        {
            for (int i = 0; i < device_count(); i++)
            {
                using var generator = new Generator(NativeMethods.Check(NativeMethods.ts_generator((int)DeviceType.CUDA, i, 0, 0)),
                    new Device(DeviceType.CUDA, i));
                generator.manual_seed(seed);
            }
        }
    }
}
