using Samples.Common;
using Samples.ObjectDetection;

namespace Benchmarks;

/// <summary>What the command line of a benchmark of detectors says, its own options apart.</summary>
internal sealed record DetectionArguments(SampleOptions Options, ResultsFile Results)
{
    /// <param name="rest">What is not the benchmark's own.</param>
    /// <param name="file">Its results file in the folder of artifacts, where none is named.</param>
    /// <param name="help">Of the benchmark; the sample's follows.</param>
    /// <returns>Null where help was asked for, and given.</returns>
    public static DetectionArguments? Parse(List<string> rest, string file, string help)
    {
        var results = CommandLine.Take(rest, "--results") ?? Path.Combine("artifacts", file);
        var options = OptionParser.Parse([.. rest]);
        if (options.Help)
        {
            Console.Out.WriteLine($"{help}{Environment.NewLine}{Environment.NewLine}{OptionParser.Help}");
            return null;
        }
        TeacherChoice.Require(options);
        OutputFolder.Require(options.Out);
        return new(options, ResultsFile.Open(results));
    }
}
