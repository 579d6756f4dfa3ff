using Benchmarks.RetrainingApp;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>An app on a few drawings, whose retrainings take seconds.</summary>
internal static class SmallApp
{
    public static readonly string[] Options = ["--drawings", "120", "--student", "resnet8", "--size", "16", "--threads", "1"];

    public static readonly string[] Detector = ["--task", "detection", "--size", "64", "--batch", "8", "--threads", "1"];

    public static AppProcess Start(string data, params string[] more) => AppProcess.Start(data, [.. Options, .. more]);

    public static AppProcess StartDetector(string data, params string[] more) => AppProcess.Start(data, [.. Detector, .. more]);
}
