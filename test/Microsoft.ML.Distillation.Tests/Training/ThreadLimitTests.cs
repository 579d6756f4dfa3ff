using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Training;
using TorchSharp;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>The number of threads is the process's.</summary>
[Collection(nameof(NoParallelization))]
public class ThreadLimitTests
{
    [Fact]
    public void ThreadsAreLimitedAndSetBack()
    {
        var before = torch.get_num_threads();

        using (new ThreadLimit(before + 1))
            Assert.Equal(before + 1, torch.get_num_threads());

        Assert.Equal(before, torch.get_num_threads());
    }

    [Fact]
    public void ThreadsAreSetBackAfterAnErrorToo()
    {
        var before = torch.get_num_threads();

        Assert.Throws<InvalidOperationException>(FailUnderALimit);

        Assert.Equal(before, torch.get_num_threads());

        void FailUnderALimit()
        {
            using var limit = new ThreadLimit(before + 2);
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void ALimitWithinAnotherGivesItsNumberBack()
    {
        var (before, warnings) = (torch.get_num_threads(), new List<string>());

        using (new ThreadLimit(before + 1))
        {
            using (new ThreadLimit(before + 2, warnings.Add))
                Assert.Equal(before + 2, torch.get_num_threads());
            Assert.Equal(before + 1, torch.get_num_threads());
        }

        Assert.Equal(before, torch.get_num_threads());
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OfRunsAtTheSameTimeTheLastToEndSetsBackWhatWasThereBeforeTheFirst(bool firstEndsFirst)
    {
        var (before, warnings) = (Seen(), new List<string>());
        using var first = new Run(() => new ThreadLimit(before + 1));
        using var second = new Run(() => new ThreadLimit(before + 2, warnings.Add));
        var (early, late) = firstEndsFirst ? (first, second) : (second, first);

        early.End();
        Assert.Equal(before + (firstEndsFirst ? 2 : 1), Seen());
        late.End();

        Assert.Equal(before, Seen());
        Assert.Equal((before, before), (first.After, second.After));
        Assert.Equal(
            $"Threads is {before + 2}, and another run in this process has {before + 1}: TorchSharp keeps one number for the whole process, so that either may be computed with the other's. "
            + "Give runs at the same time the same Threads, or run them one after another.", Assert.Single(warnings));
    }

    [Fact]
    public void RunsAtTheSameTimeWithOneNumberAreNoMatter()
    {
        var (before, warnings) = (Seen(), new List<string>());
        using var first = new Run(() => new ThreadLimit(before + 1, warnings.Add));
        using var second = new Run(() => new ThreadLimit(before + 1, warnings.Add));

        first.End();
        second.End();

        Assert.Equal(before, Seen());
        Assert.Empty(warnings);
    }

    [Fact]
    public void WithoutANumberTrainingTakesAllProcessors()
    {
        var seen = new HashSet<int>();
        var listener = new Listener(progress =>
        {
            if (progress.Phase == DistillationPhase.Training)
                seen.Add(torch.get_num_threads());
        });
        var options = new ImageClassificationDistillationOptions
        {
            Student = ImageClassifier.ResNet8,
            Methods = [],
            ImageSize = Quick.Size,
            Epochs = 1,
            Progress = listener,
        };

        using var student = Quick.Fit(options, Drawn.Rows(12));

        Assert.Equal([Environment.ProcessorCount], seen);
    }

    /// <summary>The number that a thread finds which has computed nothing yet.</summary>
    private static int Seen()
    {
        var seen = 0;
        var thread = new Thread(() => seen = torch.get_num_threads());
        thread.Start();
        thread.Join();
        return seen;
    }

    /// <summary>A limit that a thread of its own holds until it is to end.</summary>
    private sealed class Run : IDisposable
    {
        private readonly ManualResetEventSlim _begun = new(), _end = new();
        private readonly Thread _thread;

        public Run(Func<ThreadLimit> begin)
        {
            _thread = new Thread(() =>
            {
                using (begin())
                {
                    _begun.Set();
                    _end.Wait();
                }
                After = torch.get_num_threads();
            });
            _thread.Start();
            _begun.Wait();
        }

        /// <summary>The number on the run's own thread once it ended.</summary>
        public int After { get; private set; }

        public void End()
        {
            _end.Set();
            _thread.Join();
        }

        public void Dispose()
        {
            End();
            _begun.Dispose();
            _end.Dispose();
        }
    }
}
