using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>The process has one default generator, so these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class TorchSharpRandomTests
{
    [Fact]
    public void A_seed_repeats_what_follows()
    {
        manual_seed(7);
        var first = randn(5);
        manual_seed(7);
        Assert.True(first.equal(randn(5)).all().ToBoolean());
        Assert.False(first.equal(randn(5)).all().ToBoolean());
    }

    [Fact]
    public void State_saves_and_restores()
    {
        manual_seed(3);
        rand(3);
        using var state = get_rng_state();
        var (uniform, order) = (rand(4), randperm(9));
        set_rng_state(state);
        Assert.True(uniform.equal(rand(4)).all().ToBoolean());
        Assert.True(order.equal(randperm(9)).all().ToBoolean());
    }

    [Fact]
    public void Generators_of_ones_own_are_apart_from_the_default()
    {
        using var generator = new Generator(5);
        using var state = get_rng_state();
        var first = rand(3, generator: generator);
        Assert.True(state.equal(get_rng_state()).all().ToBoolean());
        generator.manual_seed(5);
        Assert.True(first.equal(rand(3, generator: generator)).all().ToBoolean());
        Assert.Equal(5, generator.initial_seed());
        generator.manual_seed(5);
        Assert.True(first.equal(empty(3).uniform_(0, 1, generator)).all().ToBoolean());
    }

    [Fact]
    public void Draws_keep_to_their_ranges()
    {
        var integers = randint(2, 5, [200]);
        Assert.Equal(ScalarType.Int64, integers.dtype);
        Assert.Equal((2, 4), (integers.min().ToInt32(), integers.max().ToInt32()));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), randperm(10).data<long>().ToArray().Order());
        Assert.All(full(100, 0.3f).bernoulli().data<float>().ToArray(), value => Assert.True(value is 0 or 1));
    }
}
