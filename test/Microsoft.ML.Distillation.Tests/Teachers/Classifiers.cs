using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>Small ONNX classifiers: a random linear map of all pixels, so that any change of layout, channels or scale shows.</summary>
internal sealed class Classifiers
{
    private readonly float[] _weights;

    public Classifiers(ImageSize size, int classes)
    {
        (Size, Classes) = (size, classes);
        // Scaled so that logits are of the order of 1 for pixels of the order of 1.
        _weights = [.. Numbers.Gaussian(classes * (int)(3 * size.Pixels), seed: 21).Select(w => w / MathF.Sqrt(3 * size.Pixels))];
    }

    public ImageSize Size { get; }

    public int Classes { get; }

    public bool ChannelsLast { get; init; }

    /// <summary>The batch axis.</summary>
    public OnnxDimension Batch { get; init; } = "N";

    /// <summary>The length of a row of scores, as declared.</summary>
    public OnnxDimension? Declared { get; init; }

    /// <summary>What comes after the linear map.</summary>
    public Func<OnnxGraphBuilder, string, string> Tail { get; init; } = (_, logits) => logits;

    public byte[] ToBytes()
    {
        var graph = new OnnxGraphBuilder("classifier");
        OnnxDimension[] shape = ChannelsLast ? [Batch, Size.Height, Size.Width, 3] : [Batch, 3, Size.Height, Size.Width];
        var pixels = graph.Flatten(graph.AddInput("image", OnnxElementType.Float, shape));
        var logits = graph.Gemm(pixels, graph.AddInitializer("weight", _weights, Classes, 3 * Size.Pixels), transB: true);
        graph.AddOutput("scores", Tail(graph, logits), OnnxElementType.Float, Batch, Declared ?? Classes);
        return graph.ToBytes();
    }

    /// <summary>The logits by plain loops, of images that are ready: planes of red, green and blue, or blue, green and red.</summary>
    public double[] Logits(double[] images)
    {
        var (pixels, area) = ((int)(3 * Size.Pixels), (int)Size.Pixels);
        var logits = new double[images.Length / pixels * Classes];
        for (var i = 0; i < logits.Length; i++)
        {
            for (var j = 0; j < pixels; j++)
            {
                // Weight j belongs to channel j / area of pixel j % area, or the other way round.
                var place = ChannelsLast ? j % 3 * area + j / 3 : j;
                logits[i] += _weights[i % Classes * pixels + j] * images[i / Classes * pixels + place];
            }
        }
        return logits;
    }
}
