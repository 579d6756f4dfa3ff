using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation.Tests.Reports;

public class ReportDocumentTests
{
    [Fact]
    public void WhatIsReadIsWhatWasWritten()
    {
        var json = ReportDocument.Of(Examples.Full).ToJson();

        Assert.Equal(json, ReportDocument.Parse(json).ToJson());
    }

    [Fact]
    public void MembersAreThoseOfTheSchema()
    {
        var json = Read(Examples.Full);

        Assert.Equal(
            ["task", "dataset", "options", "versions", "device", "seeds", "anchors", "teacher", "baseline", "distilled", "training", "checkup", "skippedRows", "dataFindings", "gains", "verdict", "features", "mistakes", "quantised", "exits"],
            json.Select(member => member.Key));
        Assert.Equal(["name", "train", "validation", "classes"], json["dataset"]!.AsObject().Select(member => member.Key));
        Assert.Equal(
            ["epochs", "secondsPerEpoch", "imagesPerSecond", "phases", "terms", "learningRate", "validationAccuracy", "methodFactors", "bestEpoch", "retries", "stoppedEarly", "cancelled", "resumedAt"],
            json["training"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["kind", "text", "gain", "interval", "images", "noise"], json["verdict"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["name", "stage", "depth", "accuracy", "parameters", "modelBytes", "latencyMs"], json["exits"]![0]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public void ValuesAreTheReports()
    {
        var (report, json) = (Examples.Full, Read(Examples.Full));

        Assert.Equal((.86, 75_000, 300_000), ((double)json["distilled"]!["accuracy"]!, (int)json["distilled"]!["parameters"]!, (int)json["distilled"]!["modelBytes"]!));
        Assert.Equal((.8, .95), ((double)json["baseline"]!["accuracy"]!, (double)json["teacher"]!["accuracy"]!));
        Assert.Equal(Examples.Nasty, (string?)json["dataset"]!["classes"]![1]);
        Assert.Equal([1, 2, 3], json["seeds"]!.AsArray().Select(seed => (int)seed!));
        Assert.Equal(report.Comparison!.Seeds.Select(seed => seed.Gain), json["gains"]!.AsArray().Select(gain => (double)gain!));
        Assert.Equal(report.Comparison.Interval!.Value.Low, (double)json["verdict"]!["interval"]![0]!);
        Assert.Equal("helped", (string?)json["verdict"]!["kind"]);
        Assert.Equal([3.5, 2.5, 2], json["training"]!["terms"]!["total"]!.AsArray().Select(value => (double)value!));
        Assert.Equal("32", (string?)json["options"]!["batchSize"]);
        Assert.Equal([30, 3, 1], json["distilled"]!["confusion"]![0]!.AsArray().Select(count => (int)count!));
        Assert.Equal(2.5, (double)json["training"]!["phases"]!["teacher"]!);
        Assert.Equal((.98, .75), ((double)json["anchors"]!["bestPossibleRecall"]!, (double)json["anchors"]!["ownBestPossibleRecall"]!));
    }

    [Fact]
    public void ADetectorsFiguresAreItsPrecisions()
    {
        var json = Read(Examples.Least with
        {
            IsDistilled = true,
            ValidationPrecision = [.25, .5],
            ValidationPrecision50 = [.5, .75],
            StudentFigures = new ModelFigures { MeanAveragePrecision = .5, MeanAveragePrecision50 = .75 },
        });

        Assert.Equal(["name", "mAP50", "mAP"], json["distilled"]!.AsObject().Select(member => member.Key));
        Assert.Equal((.75, .5), ((double)json["distilled"]!["mAP50"]!, (double)json["distilled"]!["mAP"]!));
        Assert.Equal(["epochs", "secondsPerEpoch", "imagesPerSecond", "mAP50", "mAP"], json["training"]!.AsObject().Select(member => member.Key));
        Assert.Equal([.25, .5], json["training"]!["mAP"]!.AsArray().Select(value => (double)value!));
    }

    [Fact]
    public void FindingsAreTheReports()
    {
        var json = Read(Examples.Full);

        Assert.Equal(("outputs", "info", $"measured {Examples.Nasty}"), (Word(json["checkup"]![0]!["code"]), Word(json["checkup"]![0]!["severity"]), Word(json["checkup"]![0]!["measured"])));
        Assert.False(json["checkup"]![0]!.AsObject().ContainsKey("remedy"));
        Assert.Equal(("warning", $"remedy {Examples.Nasty}"), (Word(json["checkup"]![1]!["severity"]), Word(json["checkup"]![1]!["remedy"])));
        Assert.Equal(("training", 5, $"reason {Examples.Nasty}"), (Word(json["skippedRows"]![0]!["data"]), (int)json["skippedRows"]![0]!["row"]!, Word(json["skippedRows"]![0]!["reason"])));
        Assert.False(json["skippedRows"]![1]!.AsObject().ContainsKey("source"));
        Assert.Equal(("leaked", "validation", 3), (Word(json["dataFindings"]![0]!["kind"]), Word(json["dataFindings"]![0]!["data"]), (int)json["dataFindings"]![0]!["count"]!));
        var training = json["training"]!;
        Assert.Equal((3, true, true, 1234), ((int)training["bestEpoch"]!, (bool)training["stoppedEarly"]!, (bool)training["cancelled"]!, (int)training["resumedAt"]!));
        Assert.Equal((.5, $"Went wrong {Examples.Nasty}"), ((double)training["methodFactors"]![Examples.Nasty]!, Word(training["retries"]![0])));

        static string? Word(JsonNode? node) => (string?)node;
    }

    [Fact]
    public void EvidenceHasItsSpread()
    {
        var (student, baseline) = (Read(Examples.Full)["distilled"]!["evidence"]!, Read(Examples.Full)["baseline"]!["evidence"]!);

        Assert.Equal([0, .25], student["weightNoise"]!.AsArray().Select(point => (double)point!["strength"]!));
        Assert.Equal(.73, (double)student["weightNoise"]![1]!["accuracy"]!, 1e-12);
        Assert.Equal(.06 / Math.Sqrt(2), (double)student["weightNoise"]![1]!["deviation"]!, 1e-12);
        Assert.Equal(["conv1", Examples.Nasty, "classifier"], baseline["gradients"]!.AsArray().Select(stage => (string?)stage!["stage"]));
        Assert.Equal([.25, .7, 1], baseline["gradients"]!.AsArray().Select(stage => (double)stage!["norm"]!));
    }

    [Fact]
    public void WhatWasNotRunIsAbsent()
    {
        var json = Read(Examples.Least);

        Assert.Equal(["task", "dataset", "options", "versions", "device", "seeds", "baseline", "training"], json.Select(member => member.Key));
        Assert.Equal(["train"], json["dataset"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["name"], json["baseline"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["epochs", "secondsPerEpoch", "imagesPerSecond"], json["training"]!.AsObject().Select(member => member.Key));
        Assert.DoesNotContain("null", json.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AStudentWithoutTeacherAndMethodsIsTheBaseline()
    {
        var json = Read(Examples.Least with { StudentFigures = new ModelFigures { Accuracy = .5 } });

        Assert.Equal(.5, (double)json["baseline"]!["accuracy"]!);
        Assert.False(json.ContainsKey("distilled"));
    }

    [Fact]
    public void NumbersThatAreNoneAreAbsent()
    {
        var json = Read(Examples.Full with
        {
            SecondsPerEpoch = double.NaN,
            ImagesPerSecond = double.PositiveInfinity,
            StudentFigures = new ModelFigures { Accuracy = double.NaN },
            LearningRate = [.1, double.NaN],
            Terms = new Dictionary<string, IReadOnlyList<double>> { ["task"] = [1, double.NaN], ["total"] = [1, 2] },
        });

        Assert.False(json["training"]!.AsObject().ContainsKey("secondsPerEpoch") || json["training"]!.AsObject().ContainsKey("imagesPerSecond") || json["training"]!.AsObject().ContainsKey("learningRate"));
        Assert.Equal(["total"], json["training"]!["terms"]!.AsObject().Select(member => member.Key));
        Assert.False(json["distilled"]!.AsObject().ContainsKey("accuracy"));
    }

    [Fact]
    public void TheLanguageOfTheMachineChangesNothing()
    {
        var (expected, before) = (ReportDocument.Of(Examples.Full).ToJson(), CultureInfo.CurrentCulture);
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NegativeSign) = (",", "~");
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(expected, ReportDocument.Of(Examples.Full).ToJson());
            Assert.DoesNotContain('~', ReportPage.Write(Examples.Full).Markup);
            Assert.Contains("86.00 %", ReportPage.Write(Examples.Full).Markup, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void FilesAppearWhole()
    {
        using var folder = new TemporaryFolder();

        Examples.Full.SaveAsJson(folder["new/report.json"]);
        Examples.Full.SaveAsHtml(folder["new/report.html"]);

        Assert.Equal(["report.html", "report.json"], Directory.GetFiles(folder["new"]).Select(Path.GetFileName).Order());
        Assert.Equal(ReportDocument.Of(Examples.Full).ToJson() + "\n", File.ReadAllText(folder["new/report.json"]));
        Assert.Equal(ReportPage.Write(Examples.Full).Markup, File.ReadAllText(folder["new/report.html"]));
        Assert.Throws<IOException>(() => Examples.Full.SaveAsJson(folder.Path));
        Assert.Throws<ArgumentException>(() => Examples.Full.SaveAsHtml(" "));
    }

    private static JsonObject Read(TrainingReport report) => JsonNode.Parse(ReportDocument.Of(report).ToJson())!.AsObject();
}
