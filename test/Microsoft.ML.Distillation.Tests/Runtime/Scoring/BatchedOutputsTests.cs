using Microsoft.ML.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Scoring;
using Microsoft.ML.Distillation.Tests.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.Runtime.Scoring;

public class BatchedOutputsTests
{
    private static readonly MLContext _ml = new(seed: 1);
    private static readonly ImageSize _size = new(64, 64);

    // Whoever stops early has not had the whole data read, and what is at work is bounded.
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void OnlySoManyImagesAreReadAhead(int batchSize)
    {
        var read = 0;
        var atWork = 2 * Math.Max(batchSize, Environment.ProcessorCount);
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10 * atWork).Select(i => new CountedRow(i, () => read++)));
        foreach (var step in new DetectorPreparation(_ml, nameof(CountedRow.Image), _size).Fit(data, asBytes: false))
            data = step.Transform(data);
        using var session = new BatchSession(ColourDetector.Graph(_size), gpuDeviceId: null, fallbackToCpu: false);
        var scored = new BatchedOutputs(data, session, Outputs(), batchSize);

        using (var cursor = scored.GetRowCursor([scored.Schema[GraphOutputs.Classes]]))
        {
            var get = cursor.GetGetter<VBuffer<long>>(scored.Schema[GraphOutputs.Classes]);
            var classes = default(VBuffer<long>);
            for (var row = 0; row < 3; row++)
            {
                Assert.True(cursor.MoveNext());
                get(ref classes);
                Assert.Equal([row % 3], classes.DenseValues());
            }
        }

        Assert.InRange(read, 3, atWork + 3);
    }

    private static IReadOnlyList<DataViewSchema.Column> Outputs()
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(GraphOutputs.Boxes, new VectorDataViewType(NumberDataViewType.Single));
        schema.AddColumn(GraphOutputs.Scores, new VectorDataViewType(NumberDataViewType.Single));
        schema.AddColumn(GraphOutputs.Classes, new VectorDataViewType(NumberDataViewType.Int64));
        return schema.ToSchema();
    }

    /// <summary>One object, of one class after another.</summary>
    private sealed class CountedRow(int number, Action drawn)
    {
        [AnySizeImage]
        public MLImage? Image
        {
            get
            {
                drawn();
                return Scenes.Image(80, 60, (number % 3, 10, 10, 40, 40));
            }
            set => throw new NotSupportedException();
        }
    }
}
