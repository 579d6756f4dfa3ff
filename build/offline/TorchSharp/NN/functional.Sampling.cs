using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor grid_sample(Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null) =>
                Ops.grid_sampler.Call(input, grid, mode == GridSampleMode.Bilinear ? 0 : 1, Native(padding_mode), align_corners ?? false);

            // PyTorch counts zeros, border, reflection.
            private static int Native(GridSamplePaddingMode mode) => mode switch
            {
                GridSamplePaddingMode.Zeros => 0,
                GridSamplePaddingMode.Border => 1,
                _ => 2,
            };
        }
    }
}
