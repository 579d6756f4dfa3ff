using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class TorchSharpSamplingTests
{
    private static readonly SamplingGolden All = Golden.Read<SamplingGolden>("data/grid_sample.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, All.Cases.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Grid_sample_gives_PyTorchs_values(int index)
    {
        using var scope = NewDisposeScope();
        var golden = All.Cases[index];
        var mode = golden.Mode == "bilinear" ? GridSampleMode.Bilinear : GridSampleMode.Nearest;
        var padding = golden.Padding switch { "zeros" => GridSamplePaddingMode.Zeros, "border" => GridSamplePaddingMode.Border, _ => GridSamplePaddingMode.Reflection };

        var sampled = F.grid_sample(tensor(All.Image, [2, 3, 4, 5]), tensor(All.Grid, [2, 3, 6, 2]), mode, padding, golden.Corners);

        TorchSharpGoldens.AssertClose(golden.Sampled, TorchSharpGoldens.Values(sampled));
    }

    [Fact]
    public void Grid_sample_is_bilinear_with_zeros_around_and_aligns_no_corners()
    {
        using var scope = NewDisposeScope();
        var (image, grid) = (tensor(All.Image, [2, 3, 4, 5]), tensor(All.Grid, [2, 3, 6, 2]));

        TorchSharpGoldens.AssertClose(All.Cases[0].Sampled, TorchSharpGoldens.Values(F.grid_sample(image, grid)));
    }

    private sealed record SamplingGolden(double[] Image, double[] Grid, SamplingCase[] Cases);

    private sealed record SamplingCase(string Mode, string Padding, bool Corners, double[] Sampled);
}
