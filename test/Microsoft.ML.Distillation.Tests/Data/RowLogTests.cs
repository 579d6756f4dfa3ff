using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Tests.Data;

public class RowLogTests
{
    [Fact]
    public void NothingMetIsNothingSaid()
    {
        var log = new RowLog();
        log.Note(0, orientation: 1, animated: false);

        Assert.Empty(log.Findings("training"));
        Assert.Empty(Lines(log));
        Assert.Equal(7, log.SourceRow(7));
    }

    [Fact]
    public void TheLogNamesTheFirstHundredRows()
    {
        var log = new RowLog(BadImages.Skip);
        for (var row = 0; row < 103; row++)
            log.Skip(new("training", row, "no image", row == 0 ? "a.png" : null));

        var lines = Lines(log);

        Assert.Equal(102, lines.Count);
        Assert.Equal("103 of 110 rows of the training data are left out (BadImages is Skip).", lines[0]);
        Assert.Equal("Left out of the training data: row 0 (a.png): no image.", lines[1]);
        Assert.Equal("3 more rows are left out of the training data; the report's SkippedRows lists them all.", lines[^1]);
    }

    [Fact]
    public void FindingsNameTheFirstRows()
    {
        var log = new RowLog();
        for (var row = 10; row < 17; row++)
            log.Note(row, orientation: 6, animated: row == 12);

        var findings = log.Findings("validation").ToList();

        Assert.Equal([(DataFindingKind.Rotated, 7), (DataFindingKind.Animated, 1)], findings.Select(f => (f.Kind, f.Count)));
        Assert.Contains("(rows 10, 11, 12, 13, 14, …)", findings[0].Text, StringComparison.Ordinal);
        Assert.Contains("(row 12)", findings[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void ObjectsLeftOutAreCounted()
    {
        var log = new RowLog();
        log.DropObject(new("training", 3, "object 1 has no area", "a.png"));
        log.DropObject(new("training", 9, "object 0 has no area", null));

        Assert.Equal(
            new DataFinding(
                DataFindingKind.DroppedObjects, "training", 2,
                "2 objects of the training data can't be used and are left out (BadObjects is Drop), the first being of row 3 (a.png): object 1 has no area."),
            Assert.Single(log.Findings("training")));
        Assert.StartsWith("2 objects of the training data", Assert.Single(Lines(log)), StringComparison.Ordinal);
    }

    private static List<string> Lines(RowLog log)
    {
        var (ml, lines) = (new MLContext(), new List<string>());
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                lines.Add(e.RawMessage);
        };
        using (var channel = ((IHostEnvironment)ml).Start("test"))
            log.WriteTo(channel, "training", kept: 7);
        return lines;
    }
}
