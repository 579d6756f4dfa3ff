using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students;

/// <summary>A line of the papers' tables: blocks alike but for the first one's stride.</summary>
internal sealed record MobileGroup(int Expansion, int Outputs, int Count, int Stride, int Kernel = 3);

/// <summary>Inverted residual blocks put together: a stage is everything up to where the size is halved next.</summary>
internal static class MobileBody
{
    /// <param name="stem">Channels of the 3×3 convolution of stride 2 that comes first.</param>
    /// <param name="activation">Activation of the stem.</param>
    /// <param name="rows">The blocks.</param>
    /// <param name="stemAlone">Whether the stem's map is a stage of its own.</param>
    /// <param name="epsilon">Of every BatchNorm.</param>
    public static Stage[] Build(int stem, Activation activation, IEnumerable<MobileRow> rows, bool stemAlone = false, double epsilon = 1e-5)
    {
        var stages = new List<Stage>();
        var blocks = new List<Block> { new ConvNorm(3, stem, 3, 2, activation, epsilon: epsilon) };
        var (channels, stride) = (stem, 2);
        foreach (var row in rows)
        {
            if (row.Stride > 1 || (stemAlone && stages.Count == 0))
                Close();
            blocks.Add(new InvertedResidual(channels, row, epsilon));
            (channels, stride) = (row.Outputs, stride * row.Stride);
        }
        Close();
        return [.. stages];

        void Close()
        {
            stages.Add(new(new($"stage{stages.Count + 1}", channels, stride), new BlockList([.. blocks])));
            blocks.Clear();
        }
    }

    /// <summary>The rows that <paramref name="groups"/> stand for.</summary>
    /// <param name="groups">Lines of the table.</param>
    /// <param name="inputs">Channels of the stem.</param>
    /// <param name="activation">After expansion and depthwise convolution.</param>
    /// <param name="alwaysExpands">Whether a block with expansion 1 has the first 1×1 convolution too.</param>
    public static IEnumerable<MobileRow> Rows(IEnumerable<MobileGroup> groups, int inputs, Activation activation, bool alwaysExpands = false)
    {
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Count; i++)
            {
                yield return new MobileRow(
                    group.Kernel, inputs * group.Expansion, group.Outputs, i == 0 ? group.Stride : 1, activation, alwaysExpands || group.Expansion > 1);
                inputs = group.Outputs;
            }
        }
    }
}
