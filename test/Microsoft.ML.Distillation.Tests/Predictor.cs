using System.Diagnostics;
using System.Text.Json;

namespace Microsoft.ML.Distillation.Tests;

/// <summary>What an application that only predicts says of a model and of images.</summary>
/// <param name="PredictedNames">A classifier's.</param>
/// <param name="Objects">A detector's, as <paramref name="Boxes"/>.</param>
internal sealed record PredictorSaid(
    string[] Input, string[] Output, string[] PredictedNames, string[][] Objects, float[][] Boxes, float[][] Scores, bool TorchIsMapped, bool TorchIsLoaded);

/// <summary>Applications that only predict, each run a process of its own.</summary>
internal static class Predictor
{
    /// <param name="application">StockPredictor, or RuntimePredictor, which has this project's Runtime assembly beside it.</param>
    public static PredictorSaid Run(string application, string model, IEnumerable<string> images)
    {
        // …/test/<this project>/bin/<mode>/<configuration>/<framework>/: the applications are built beside.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration, mode) = (own.Name, own.Parent!.Name, own.Parent.Parent!.Name);
        var test = own.Parent.Parent.Parent!.Parent!.Parent!.FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(test, application, "bin", mode, configuration, framework, $"{application}.dll"));
        start.ArgumentList.Add(model);
        foreach (var image in images)
            start.ArgumentList.Add(image);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
            process.Kill(entireProcessTree: true);
        Assert.True(process.ExitCode == 0, $"{application} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        return JsonSerializer.Deserialize<PredictorSaid>(output.GetAwaiter().GetResult(), JsonSerializerOptions.Web)!;
    }
}
