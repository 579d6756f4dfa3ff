using System.Text;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation;

public sealed partial record TrainingReport
{
    /// <summary>
    /// Writes the report for programs, as JSON: <c>task</c>, <c>dataset</c>, <c>options</c>, <c>versions</c>, <c>device</c>, <c>seeds</c>, <c>anchors</c> (of a YOLO student), <c>teacher</c>, <c>baseline</c> and
    /// <c>distilled</c> (figures of the models; a student that had neither teacher nor methods is the baseline), <c>training</c>, <c>checkup</c>, <c>skippedRows</c> and <c>dataFindings</c>, <c>gains</c> and <c>verdict</c> (of a comparison),
    /// <c>features</c>, <c>mistakes</c>, <c>quantised</c>, <c>exits</c>. What was not run is absent, never zero or null.
    /// </summary>
    /// <param name="path">The file to write; it appears whole or not at all.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void SaveAsJson(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(ReportDocument.Of(this).ToJson() + "\n"));
    }

    /// <summary>Writes the report for people: one page with all its pictures and charts inside, which asks nothing of any network and runs no script.</summary>
    /// <param name="path">The file to write; it appears whole or not at all.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void SaveAsHtml(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(ReportPage.Write(this).Markup));
    }
}
