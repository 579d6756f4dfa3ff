using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    protected long input_channels;

    internal Convolution(string name, long inputChannels)
        : base(name) => input_channels = inputChannels;

    protected Convolution(IntPtr handle, IntPtr boxedHandle, long input_channels)
        : base(handle, boxedHandle) => this.input_channels = input_channels;

    protected bool ValidateShape(Tensor input, long dimensions)
    {
        var shape = input.shape;
        return (shape.Length == dimensions + 1 && shape[0] == input_channels)
            || (shape.Length == dimensions + 2 && shape[1] == input_channels);
    }
}
