using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Distillation;
using Spectre.Console;

namespace Samples.Common;

/// <summary>Tells where a run stands: a live bar in a terminal, a line an epoch elsewhere.</summary>
internal sealed class ProgressDisplay
{
    private readonly bool _live = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;

    public void Say(string line) => Console.Out.WriteLine(line);

    public T Run<T>(string title, Func<IProgress<DistillationProgress>, T> work) => _live ? RunLive(title, work) : RunPlain(title, work);

    private static T RunLive<T>(string title, Func<IProgress<DistillationProgress>, T> work)
        => AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask(Markup.Escape(title));
                var result = work(new Reporter(progress =>
                {
                    // Loading counts images, training counts steps: the bar is training's alone.
                    if (progress is { Phase: DistillationPhase.Training, Steps: > 0 })
                        bar.Value = bar.MaxValue * progress.Step / progress.Steps;
                    bar.Description = Markup.Escape($"{title}: {Describe(progress)}");
                }));
                bar.Description = Markup.Escape(title);
                bar.Value = bar.MaxValue;
                return result;
            });

    private T RunPlain<T>(string title, Func<IProgress<DistillationProgress>, T> work)
    {
        Say(title);
        var start = Stopwatch.GetTimestamp();
        DistillationProgress? last = null;
        var result = work(new Reporter(progress =>
        {
            if (progress.Phase != DistillationPhase.Training)
                return;
            if (last is not null && progress.Epoch != last.Epoch)
                Say($"  epoch {Describe(last)}");
            last = progress;
        }));
        if (last is not null)
            Say($"  epoch {Describe(last)}");
        Say(FormattableString.Invariant($"  done in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
        return result;
    }

    private static string Describe(DistillationProgress progress) => progress.Phase switch
    {
        DistillationPhase.LoadingImages => string.Create(CultureInfo.InvariantCulture, $"images read: {progress.Step}"),
        DistillationPhase.CheckingTeacher => "checking the teacher",
        DistillationPhase.Training => string.Create(CultureInfo.InvariantCulture,
            $"{progress.Epoch}/{progress.Epochs}, loss {progress.Terms.GetValueOrDefault("total"):0.000}, {progress.ImagesPerSecond:0}/s"),
        DistillationPhase.Validating => "validating",
        _ => "putting the model together",
    };

    // System.Progress would report on other threads, out of order.
    private sealed class Reporter(Action<DistillationProgress> report) : IProgress<DistillationProgress>
    {
        public void Report(DistillationProgress value) => report(value);
    }
}
