using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class TeacherCacheTests
{
    private readonly List<int> _asked = [];

    [Fact]
    public void TheTeacherIsAskedOnceForEachView()
    {
        using var scope = NewDisposeScope();
        using var store = Store();
        var cache = new TeacherCache(Ask, store, CPU);

        AssertAnswers(cache, [0, 1, 2], [0, 0, 0]);
        AssertAnswers(cache, [2, 0, 1], [0, 1, 0]); // one of them is new
        AssertAnswers(cache, [4, 1, 0], [0, 1, 1]); // two are
        AssertAnswers(cache, [0, 2, 4], [1, 0, 0]); // none is

        Assert.Equal([0, 1, 2, 0, 0, 4, 1], _asked); // never for one image alone
        Assert.Equal((6, 6), (cache.Asked, cache.Reused));
    }

    [Fact]
    public void WithoutRoomItIsAskedEveryTime()
    {
        using var scope = NewDisposeScope();
        using var store = Store(memory: 0);
        var cache = new TeacherCache(Ask, store, CPU);

        AssertAnswers(cache, [0, 1], [0, 0]);
        AssertAnswers(cache, [0, 1], [0, 0]);

        Assert.Equal((4, 0), (cache.Asked, cache.Reused));
    }

    [Fact]
    public void AnswersOutliveTheStepTheyWereGivenIn()
    {
        using var store = Store();
        var cache = new TeacherCache(Ask, store, CPU);
        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            AssertAnswers(cache, [0, 1, 2], [0, 0, 0]);
        }

        Assert.Equal(3, _asked.Count);
    }

    private static TeacherCacheStore Store(long memory = 1 << 20) => new(5, 2, memory, 0, Path.GetTempPath());

    /// <summary>Images that are all their row's number, and a half more in the second view.</summary>
    private static Tensor Pixels(int[] rows, int[] views) =>
        tensor(rows.Zip(views, (row, view) => row + .5f * view).ToArray(), [rows.Length, 1, 1, 1]).expand([rows.Length, 3, 2, 2]);

    private ModelOutput Ask(Tensor pixels, IReadOnlyList<int> rows)
    {
        _asked.AddRange(rows);
        Assert.Equal(rows.Count, pixels.shape[0]);
        return new(pixels.mean([2, 3]) + 1, [pixels * 2], null);
    }

    private void AssertAnswers(TeacherCache cache, int[] rows, int[] views)
    {
        var pixels = Pixels(rows, views);

        var output = cache.Forward(pixels, rows, views);

        Assert.Equal(Numbers.Floats(pixels.mean([2, 3]) + 1), Numbers.Floats(output.Logits!));
        Assert.Equal(Numbers.Floats(pixels * 2), Numbers.Floats(output.Features[0]));
        Assert.Null(output.Embedding);
    }
}
