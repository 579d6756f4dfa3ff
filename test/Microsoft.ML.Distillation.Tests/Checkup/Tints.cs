using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.Checkup;

/// <summary>Noisy squares of four tints, and a teacher that takes an image for the tint nearest to its mean colour. No two of the tints become one another with red and blue swapped.</summary>
internal static class Tints
{
    public static readonly string[] Classes = ["brick", "sky", "leaf", "sand"];

    /// <summary>Red, green, blue.</summary>
    public static readonly float[][] Colours = [[180, 60, 40], [90, 150, 220], [60, 140, 50], [210, 180, 120]];

    /// <summary>Four greys, which swapped channels leave as they are.</summary>
    public static readonly float[][] Greys = [[30, 30, 30], [90, 90, 90], [160, 160, 160], [230, 230, 230]];

    /// <summary>What the teacher's network is made for.</summary>
    public static readonly ImageNormalization Expected = ImageNormalization.Cifar10;

    private const int Size = 8, Noise = 40;

    /// <param name="spread">Standard deviation of an image's own colour around its tint's: at 20 nearly no two tints overlap, at 55 about one image in five is closer to another.</param>
    public static IReadOnlyList<DrawnRow> Rows(int count, double spread = 20, float[][]? colours = null, int seed = 1)
    {
        var own = Numbers.Gaussian(3 * count, seed);
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Row(random, i % Classes.Length, colours is null, (colours ?? Colours)[i % Classes.Length], own.AsSpan(3 * i, 3), spread))];
    }

    public static IDataView View(MLContext ml, IReadOnlyList<DrawnRow> rows)
    {
        var data = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
    }

    /// <param name="given">The normalisation it is opened with.</param>
    /// <param name="names">The class names it is opened with.</param>
    /// <param name="swapped">Whether its network is made for blue, green, red.</param>
    /// <param name="gain">Scale of its logits: 20 is a teacher that is sure of most, and not of all.</param>
    /// <param name="probabilities">Whether it gives probabilities, and says they are logits.</param>
    public static OnnxTeacher Teacher(
        ImageNormalization? given = null, string[]? names = null, bool swapped = false, float gain = 20, bool probabilities = false, float[][]? colours = null)
    {
        var (weights, bias) = (new float[12], new float[4]);
        for (var k = 0; k < 4; k++)
        {
            for (var c = 0; c < 3; c++)
            {
                // The nearest colour μ to x = n·deviation + mean is that of the greatest 2μ·x − ‖μ‖².
                var colour = (colours ?? Colours)[k][c] / 255;
                weights[3 * k + (swapped ? 2 - c : c)] = gain * 2 * colour * Expected.Deviation[c];
                bias[k] += gain * (2 * colour * Expected.Mean[c] - colour * colour);
            }
        }
        return OnnxTeacher.FromBytes(
            Model(weights, bias, probabilities),
            new() { Normalization = given ?? Expected, ClassNames = names ?? Classes, Scores = ScoreKind.Logits });
    }

    private static byte[] Model(float[] weights, float[] bias, bool probabilities)
    {
        var graph = new OnnxGraphBuilder("tints");
        var means = graph.Flatten(graph.GlobalAveragePool(graph.AddInput("image", OnnxElementType.Float, "N", 3, Size, Size)));
        var logits = graph.Gemm(means, graph.AddInitializer("weight", weights, 4, 3), graph.AddInitializer("bias", bias, 4), transB: true);
        graph.AddOutput("scores", probabilities ? graph.Softmax(logits, axis: 1) : logits, OnnxElementType.Float, "N", 4);
        return graph.ToBytes();
    }

    private static DrawnRow Row(Random random, int label, bool coloured, float[] colour, ReadOnlySpan<float> own, double spread)
    {
        var rgba = new byte[4 * Size * Size];
        for (var i = 0; i < rgba.Length; i++)
        {
            // Grey images are grey in every pixel.
            var noise = coloured || i % 4 == 0 ? random.Next(-Noise, Noise + 1) : 0;
            rgba[i] = i % 4 == 3 ? (byte)255 : (coloured || i % 4 == 0 ? (byte)Math.Clamp(colour[i % 4] + spread * own[coloured ? i % 4 : 0] + noise, 0, 255) : rgba[i - 1]);
        }
        return new DrawnRow(rgba, Size) { Label = Classes[label] };
    }
}
