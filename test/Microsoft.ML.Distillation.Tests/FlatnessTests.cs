using Benchmarks;

namespace Microsoft.ML.Distillation.Tests;

/// <summary>The judge of long runs finds what it is there for.</summary>
public class FlatnessTests
{
    private const long Mebibyte = 1 << 20;

    [Fact]
    public void WarmingUpIsNoLeak() => Assert.Null(Judge(share => share < .2 ? 100 * Mebibyte : 300 * Mebibyte, _ => 50));

    [Fact]
    public void ASingleOutlierIsNoLeak() => Assert.Null(Judge(share => share > .97 ? 900 * Mebibyte : 300 * Mebibyte, _ => 50));

    [Fact]
    public void GrowingMemoryIsALeak() => Assert.Equal("A run took 60.0 MiB more memory; 32.0 are allowed.", Judge(share => (long)((300 + 100 * share) * Mebibyte), _ => 50));

    [Fact]
    public void GrowingHandlesAreALeak() => Assert.Equal("A run left 12 handles open; 8 are allowed.", Judge(_ => 300 * Mebibyte, share => (int)(20 * share)));

    [Fact]
    public void TooFewLooksAreAFault()
    {
        var flatness = new Flatness("A run");
        flatness.Add(.3, 1, 1);

        Assert.Equal("A run was over too soon to tell: 1 looks after warming up and 0 at the end; 3 each are needed.", flatness.Judge());
    }

    private static string? Judge(Func<double, long> bytes, Func<double, int> handles)
    {
        var flatness = new Flatness("A run");
        for (var i = 0; i <= 100; i++)
            flatness.Add(i / 100.0, bytes(i / 100.0), handles(i / 100.0));
        return flatness.Judge();
    }
}

/// <summary>What it sees of a process is of the whole one: these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class ProcessFlatnessTests
{
    private const int Looks = 30;

    [Fact]
    public void FilesThatStayOpenAreSeen()
    {
        using var folder = new TemporaryFolder();
        var open = new List<FileStream>();

        var fault = Judge(look =>
        {
            for (var i = 0; i < 5; i++)
                open.Add(File.Create(folder[$"{look}-{i}"]));
        });
        open.ForEach(file => file.Dispose());

        Assert.Equal("A run left 90 handles open; 8 are allowed.", fault);
    }

    private static string? Judge(Action<int> work)
    {
        var flatness = new Flatness("A run");
        for (var look = 0; look < Looks; look++)
        {
            work(look);
            flatness.Sample(look / (Looks - 1.0));
        }
        return flatness.Judge();
    }
}
