using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>What a detector gives: its boxes, the surest first.</summary>
internal sealed class DetectorOutput
{
    public string[] PredictedName { get; set; } = [];

    public float[] Score { get; set; } = [];

    /// <summary>x0 y0 x1 y1 of each, in pixels of the image as it is stored.</summary>
    public float[] PredictedBoundingBoxes { get; set; } = [];
}

/// <summary>What the app answers.</summary>
/// <param name="Boxes">The surest first.</param>
internal sealed record ObjectAnswer(long Version, IReadOnlyList<FoundObject> Boxes) : IAnswer
{
    string IAnswer.Words => Annotation.Listed(Boxes.Select(box => box.Label));
}

/// <summary>Edges in pixels of the image as it is stored.</summary>
internal sealed record FoundObject(string Label, float Score, float X0, float Y0, float X1, float Y1);

/// <summary>Leaves out what nobody would want to see: detectors give all they have, since average precision is of the whole ranking.</summary>
internal sealed class ObjectReader(AppOptions options) : IAnswerReader<DetectorOutput>
{
    public IAnswer Read(ModelVersion version, DetectorOutput said) =>
        new ObjectAnswer(version.Id, [.. Found(said).Where(box => box.Score >= options.LeastScore && BoxCheck.IsLargeEnough(box.X0, box.Y0, box.X1, box.Y1)).Take(BoxCheck.MostBoxes)]);

    private static IEnumerable<FoundObject> Found(DetectorOutput said)
    {
        for (var i = 0; i < said.Score.Length; i++)
        {
            var edges = said.PredictedBoundingBoxes.AsSpan(4 * i, 4);
            yield return new FoundObject(said.PredictedName[i], said.Score[i], edges[0], edges[1], edges[2], edges[3]);
        }
    }
}
