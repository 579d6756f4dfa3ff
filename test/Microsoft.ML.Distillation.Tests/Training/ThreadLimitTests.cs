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
}
