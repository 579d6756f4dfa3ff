using Microsoft.ML.Distillation.Scoring;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Distillation.Tests.Runtime.Scoring;

public class BatchResultsTests
{
    private const string Boxes = GraphOutputs.Boxes, Scores = GraphOutputs.Scores, Classes = GraphOutputs.Classes, InputSize = GraphOutputs.InputSize;

    [Fact]
    public void AnImageHasItsOwnBoxesWithoutTheEmptyPlaces()
    {
        var columns = Read(
            [InputSize, Classes, Boxes, Scores], images: 3, Integers([40, 24], 1, 2), Integers([2, -1, -1, -1, 0, 1], 3, 2), Floats([.. Enumerable.Range(0, 24)], 3, 8), Floats([9, 0, 0, 0, 8, 7], 3, 2));

        Assert.Equal([[2], [], [0, 1]], Rows<long>(columns[1]));
        Assert.Equal([[0, 1, 2, 3], [], [16, 17, 18, 19, 20, 21, 22, 23]], Rows<float>(columns[2]));
        Assert.Equal([[9], [], [8, 7]], Rows<float>(columns[3]));
        Assert.Equal([[40, 24], [40, 24], [40, 24]], Rows<long>(columns[0]));
    }

    [Fact]
    public void NothingFoundLeavesEachImageEmpty()
    {
        var columns = Read([Boxes, Scores, Classes], images: 3, Floats([], 3, 0), Floats([], 3, 0), Integers([], 3, 0));

        Assert.All(columns[..2], column => Assert.Equal([[], [], []], Rows<float>(column)));
        Assert.Equal([[], [], []], Rows<long>(columns[2]));
    }

    [Fact]
    public void LogitsGoByImage() => Assert.Equal([[1, 2], [3, 4], [5, 6]], Rows<float>(Read([GraphOutputs.Logits], images: 3, Floats([1, 2, 3, 4, 5, 6], 3, 2))[0]));

    [Fact]
    public void AGraphThatMixesUpImagesIsAnError() => Assert.Equal(
        "The model's graph gives 'distillation.logits' for 1 images where 3 were put in. Score row by row with this model, or save it anew.",
        Assert.Throws<InvalidDataException>(() => Read([GraphOutputs.Logits], images: 3, Floats([1, 2, 3], 1, 3))).Message);

    private static float[][] Rows<T>(BatchColumn column) where T : System.Numerics.INumber<T> =>
        [.. Enumerable.Range(0, 3).Select(row => column.Row<T>(row).ToArray().Select(float.CreateChecked).ToArray())];

    private static BatchColumn[] Read(string[] names, int images, params OrtValue[] values)
    {
        try
        {
            return BatchResults.Read(names, values, images);
        }
        finally
        {
            foreach (var value in values)
                value.Dispose();
        }
    }

    private static OrtValue Floats(float[] values, params long[] shape) => OrtValue.CreateTensorValueFromMemory(values, shape);

    private static OrtValue Integers(long[] values, params long[] shape) => OrtValue.CreateTensorValueFromMemory(values, shape);
}
