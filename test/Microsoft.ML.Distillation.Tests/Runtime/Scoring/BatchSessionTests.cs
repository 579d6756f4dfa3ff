using Microsoft.ML.Distillation.Scoring;
using Microsoft.ML.Distillation.Tests.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.Runtime.Scoring;

public class BatchSessionTests
{
    private static readonly string[] _outputs = [GraphOutputs.Boxes, GraphOutputs.Scores, GraphOutputs.Classes];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    [InlineData(5000)]
    public void AllRunsTogetherHaveTheImagesThatWereAskedFor(int images)
    {
        using var session = Session();

        var each = session.ImagesPerRun(images);

        Assert.Equal(Environment.ProcessorCount, session.SideBySide);
        Assert.Equal([3, 64, 64], session.Shape[1..].ToArray());
        Assert.InRange(each * session.SideBySide, 1, Math.Max(images, session.SideBySide));
        Assert.InRange(each, 1, (4 << 20) / (sizeof(float) * session.PixelCount));
    }

    [Fact]
    public void RunsSideBySideGiveWhatTheyGiveAlone()
    {
        using var session = Session();
        float[][] images = [.. Enumerable.Range(0, 8).Select(i => Image(session, i))];
        float[][] alone = [.. images.Select(Boxes)];
        var together = new float[images.Length][];

        Parallel.For(0, images.Length, i => together[i] = Boxes(images[i]));

        Assert.Contains(alone, boxes => boxes.Length > 0);
        Assert.Equal(alone, together);

        float[] Boxes(float[] image) => session.Run(image, 1, _outputs)[0].Row<float>(0).ToArray();
    }

    // ONNX Runtime itself would end the process.
    [Fact]
    public void NoRunBeginsInASessionThatIsDisposedOf()
    {
        var session = Session();
        var image = Image(session, 1);
        using var begun = new CountdownEvent(2);
        var runs = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            for (var run = 0; ; run++)
            {
                session.Run(image, 1, _outputs);
                if (run == 0)
                    begun.Signal();
            }
        })).ToArray();
        begun.Wait();

        session.Dispose();
        session.Dispose();

        Assert.All(runs, run => Assert.IsType<ObjectDisposedException>(Assert.Throws<AggregateException>(run.Wait).InnerException));
        Assert.Throws<ObjectDisposedException>(() => session.Run(image, 1, _outputs));
    }

    private static BatchSession Session() => new(ColourDetector.Graph(new(64, 64)), gpuDeviceId: null, fallbackToCpu: false);

    /// <summary>A red square on black, in a place of its own.</summary>
    private static float[] Image(BatchSession session, int number)
    {
        var values = new float[session.PixelCount];
        for (var y = 0; y < 20; y++)
            values.AsSpan((y + 4 * number) * 64 + 3 * number, 20).Fill(255);
        return values;
    }
}
