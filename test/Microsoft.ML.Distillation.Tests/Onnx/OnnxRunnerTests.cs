using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

public class OnnxRunnerTests
{
    private static OnnxRunner OpenForeign(int threads = 0) => new(File.ReadAllBytes(Foreign.Path), "foreign.onnx", threads);

    [Fact]
    public void ItGivesWhatPyTorchGives()
    {
        using var runner = OpenForeign();

        var results = runner.Run(Foreign.Golden.Image, Foreign.Golden.Shape);

        Assert.Equal(["logits", "label"], results.Select(r => r.Name));
        Assert.Equal([2, 3], results[0].Shape);
        PlainMath.Close(Foreign.Golden.Logits.Select(v => (double)v), results[0].Floats);
        Assert.Equal(Foreign.Golden.Label, results[1].Integers);
    }

    [Fact]
    public void ItDescribesInputsAndOutputs()
    {
        using var runner = OpenForeign();

        Assert.Equal("'image' (Float N×3×6×6)", Assert.Single(runner.Inputs).ToString());
        Assert.Equal(["'logits' (Float N×3)", "'label' (Int64 N)"], runner.Outputs.Select(o => o.ToString()));
    }

    [Fact]
    public unsafe void NativeMemoryIsReadWhereItLies()
    {
        using var runner = OpenForeign(threads: 1);
        var golden = Foreign.Golden;
        var memory = (float*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)golden.Image.Length, sizeof(float));
        try
        {
            golden.Image.CopyTo(new Span<float>(memory, golden.Image.Length));
            var results = runner.Run(new ReadOnlySpan<float>(memory, golden.Image.Length), golden.Shape, ["label"]);
            Assert.Equal(golden.Label, Assert.Single(results).Integers);
        }
        finally
        {
            System.Runtime.InteropServices.NativeMemory.Free(memory);
        }
    }

    [Fact]
    public void OutputsComeInTheOrderAskedFor()
    {
        using var runner = OpenForeign();

        Assert.Equal(["label", "logits"], runner.Run(Foreign.Golden.Image, Foreign.Golden.Shape, ["label", "logits"]).Select(r => r.Name));
    }

    [Fact]
    public void SeveralThreadsShareOneRunner()
    {
        using var runner = OpenForeign(threads: 1);
        var images = Enumerable.Range(0, 16).Select(seed => PlainMath.Random(108, seed)).ToArray();
        var alone = images.Select(image => runner.Run(image, [1, 3, 6, 6])[0].Floats).ToArray();

        var together = new float[images.Length][];
        Parallel.For(0, images.Length, i => together[i] = runner.Run(images[i], [1, 3, 6, 6])[0].Floats);

        Assert.Equal(alone, together);
    }

    [Fact]
    public void OtherRealTypesComeAsFloats()
    {
        foreach (var type in (OnnxElementType[])[OnnxElementType.Double, OnnxElementType.Float16])
            Assert.Equal([1.5f, -2], OneNode.RunTensor([1.5f, -2], [1, 2], [1, 2], type, (g, x) => g.Cast(x, type)).Floats);
    }

    [Fact]
    public void OtherIntegerTypesComeAsLongs()
    {
        Assert.Equal([2, 0], OneNode.RunTensor([2, 0], [1, 2], [1, 2], OnnxElementType.Int32, (g, x) => g.Cast(x, OnnxElementType.Int32)).Integers);
        Assert.Equal([1, 0], OneNode.RunTensor([2, 0], [1, 2], [1, 2], OnnxElementType.Bool, (g, x) => g.Cast(x, OnnxElementType.Bool)).Integers);
    }

    [Fact]
    public void WrongShapesAreNamedWithTheRightOne()
    {
        using var runner = OpenForeign();

        Assert.Equal(
            "foreign.onnx: got an input of 1×3×8×8; expected N×3×6×6 for 'image'. Resize or batch the images accordingly.",
            Assert.Throws<ArgumentException>(() => runner.Run(new float[192], [1, 3, 8, 8])).Message);
        Assert.Equal(
            "foreign.onnx: got 107 values for an input of 1×3×6×6; expected 108, and at least one.",
            Assert.Throws<ArgumentException>(() => runner.Run(new float[107], [1, 3, 6, 6])).Message);
        Assert.Equal(
            "foreign.onnx: got 0 values for an input of 0×3×6×6; expected 0, and at least one.",
            Assert.Throws<ArgumentException>(() => runner.Run([], [0, 3, 6, 6])).Message);
    }

    [Fact]
    public void UnknownOutputsAreAnsweredWithTheKnownOnes()
    {
        using var runner = OpenForeign();

        Assert.Equal(
            "foreign.onnx has no output 'scores'; it has 'logits' (Float N×3), 'label' (Int64 N). Name one of those.",
            Assert.Throws<ArgumentException>(() => runner.Run(Foreign.Golden.Image, Foreign.Golden.Shape, ["scores"])).Message);
    }

    [Fact]
    public void TheOnlyInputIsFloat()
    {
        var graph = new OnnxGraphBuilder("two");
        graph.AddOutput("y", graph.Add(graph.AddInput("a", OnnxElementType.Float, 1), graph.AddInput("b", OnnxElementType.Float, 1)), OnnxElementType.Float, 1);
        using var two = new OnnxRunner(graph.ToBytes(), "two.onnx");
        Assert.Equal(
            "two.onnx has 2 inputs ('a' (Float 1), 'b' (Float 1)); expected one. Export the model with its image as the only input.",
            Assert.Throws<NotSupportedException>(() => two.Run([1], [1])).Message);

        graph = new OnnxGraphBuilder("half");
        graph.AddOutput("y", graph.Identity(graph.AddInput("x", OnnxElementType.Float16, 1)), OnnxElementType.Float16, 1);
        using var half = new OnnxRunner(graph.ToBytes(), "half.onnx");
        Assert.Equal(
            "half.onnx: the input is 'x' (Float16 1); expected Float. Export the model with a float32 input.",
            Assert.Throws<NotSupportedException>(() => half.Run([1], [1])).Message);
    }

    [Fact]
    public void ResultsAreReadAsWhatTheyAre()
    {
        using var runner = OpenForeign();
        var results = runner.Run(Foreign.Golden.Image, Foreign.Golden.Shape);

        Assert.Equal(
            "Output 'logits' holds real numbers; expected integers. Read Floats instead.", Assert.Throws<InvalidOperationException>(() => results[0].Integers).Message);
        Assert.Equal(
            "Output 'label' holds integers; expected real numbers. Read Integers instead.", Assert.Throws<InvalidOperationException>(() => results[1].Floats).Message);
    }

    [Fact]
    public void OutputsOfOtherTypesAreRefusedByName()
    {
        var graph = new OnnxGraphBuilder("bytes");
        graph.AddOutput("y", graph.Cast(graph.AddInput("x", OnnxElementType.Float, 1), OnnxElementType.UInt8), OnnxElementType.UInt8, 1);
        using var runner = new OnnxRunner(graph.ToBytes(), "bytes.onnx");

        Assert.Equal(
            "bytes.onnx: output 'y' holds UInt8; expected Float, Double, Float16, Int64, Int32 or Bool. Add a Cast to the model, or name other outputs.",
            Assert.Throws<NotSupportedException>(() => runner.Run([1], [1])).Message);
    }

    [Fact]
    public void BadModelsAndFailingRunsNameTheModel()
    {
        var bad = Assert.Throws<InvalidDataException>(() => new OnnxRunner([1, 2, 3], "bad.onnx"));
        Assert.StartsWith("ONNX Runtime can't load bad.onnx: ", bad.Message, StringComparison.Ordinal);

        var graph = new OnnxGraphBuilder("fixed");
        graph.AddOutput("y", graph.Reshape(graph.AddInput("x", OnnxElementType.Float, "N", 3), [1, 3]), OnnxElementType.Float, 1, 3);
        using var runner = new OnnxRunner(graph.ToBytes(), "fixed.onnx");
        var failed = Assert.Throws<InvalidOperationException>(() => runner.Run(new float[6], [2, 3]));
        Assert.StartsWith("fixed.onnx failed on its input 'x' (Float N×3), given 2×3: ", failed.Message, StringComparison.Ordinal);
        Assert.EndsWith(" If a fixed size is baked into the model, give that size.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADisposedRunnerSaysSo()
    {
        var runner = OpenForeign();
        runner.Dispose();

        Assert.Throws<ObjectDisposedException>(() => runner.Run(Foreign.Golden.Image, Foreign.Golden.Shape));
    }
}
