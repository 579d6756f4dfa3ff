namespace TorchSharp;

public static partial class torch
{
    // In TorchSharp these are PyTorch's zip archives; here they are tensors as Tensor.Save(Stream) writes them, to be read by the same code.
    public static void save(Tensor t, string location) => TensorExtensionMethods.Save(t, location);

    public static Tensor load(string location) => Tensor.Load(location);

    public partial class Tensor
    {
        public static Tensor Load(BinaryReader reader) => TensorExtensionMethods.Load(reader);

        public static Tensor Load(Stream stream)
        {
            using var reader = new BinaryReader(stream);
            return Load(reader);
        }

        public static Tensor Load(string location) => Load(File.OpenRead(location));

        public static Tensor load(string location) => Load(location);

        public void save(string location) => TensorExtensionMethods.Save(this, location);
    }
}
