using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>The whole of FRSKD's computation, pyramid and terms, with PyTorch's weights.</summary>
public class FeaturePyramidTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/feature_refinement.json");

    public static TheoryData<int, ScalarType, double> Cases => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (loss, input) = Made(golden, type);

        var terms = loss.Compute(input);
        terms.Aggregate(zeros(1, type), (sum, term) => sum + term.Value).backward();

        foreach (var term in terms)
            Numbers.Close([golden.Terms[term.Name]], Numbers.Of(term.Value), tolerance);
        Numbers.Close(golden.Gradients["student"], Numbers.Of(input.Student.Logits!.grad!), tolerance);
        for (var i = 0; i + 1 < input.Student.Features.Count; i++)
            Numbers.Close(golden.Gradients[$"feature{i}"], Numbers.Of(input.Student.Features[i + 1].grad!), tolerance);
        // BatchNorm takes out of a gradient whatever only shifts or scales its input: the small ones are differences of large numbers, whose rounding they keep. In single
        // precision they are therefore held against the largest gradient of any weight, in double each against its own.
        var weights = loss.Helper!.named_parameters().ToList();
        var largest = weights.Max(w => golden.Gradients[w.Item1].Max(Math.Abs));
        foreach (var (name, weight) in weights)
            Numbers.Within(golden.Gradients[name], Numbers.Of(weight.grad!), tolerance * (type == ScalarType.Float64 ? golden.Gradients[name].Max(Math.Abs) : largest));
        loss.Helper.Dispose();
    }

    [Theory]
    [InlineData("refined")]
    [InlineData("at")]
    public void GradientsAreTheSlopesOfTheValues(string term)
    {
        var golden = Goldens[0];
        var feature = golden.Tensors["feature1"];
        using var scope = NewDisposeScope();
        var (loss, input) = Made(golden, ScalarType.Float64);
        // What the attention maps learn from is detached: it must stay as it is while the student's map moves.
        var refined = ((FeaturePyramid)loss.Helper!).call([.. input.Student.Features.Skip(1)]).Features.Select(f => f.detach()).ToList();

        Slopes.Agree(Value, feature.Values, feature.Shape);
        loss.Helper.Dispose();

        Tensor Value(Tensor moved)
        {
            List<Tensor> features = [.. input.Student.Features];
            features[2] = moved;
            return term == "at"
                ? FeatureRefinement.FeatureDistance(features.Skip(1), refined)
                : loss.Compute(input with { Student = input.Student with { Features = features } }).Single(t => t.Name == term).Value;
        }
    }

    [Theory]
    [InlineData(8, 8, 8, 8, 0)]
    [InlineData(8, 8, 4, 4, 1)]
    [InlineData(7, 5, 4, 3, 1)]
    [InlineData(7, 5, 2, 2, 2)]
    [InlineData(9, 1, 5, 1, 1)]
    [InlineData(1, 1, 1, 1, 0)]
    [InlineData(8, 8, 3, 3, null)]
    [InlineData(4, 4, 8, 8, null)]
    [InlineData(2, 2, 1, 2, null)]
    public void HalvingsBringAMapToTheNext(int height, int width, int nextHeight, int nextWidth, int? expected)
    {
        Assert.Equal(expected, new MapShape("a", 1, height, width).HalvingsTo(new("b", 1, nextHeight, nextWidth)));
        if (expected is not { } times)
            return;
        using var scope = NewDisposeScope();
        Assert.Equal([2, 3, nextHeight, nextWidth], PyramidLayer.Pooled(zeros(2, 3, height, width), times).shape);
    }

    [Theory]
    [InlineData(4, 6)]
    [InlineData(5, 7)]
    [InlineData(5, 4)]
    [InlineData(1, 2)]
    public void PoolingTakesTheLargestOfThePaddedWindow(int height, int width)
    {
        using var scope = NewDisposeScope();
        var values = Numbers.Gaussian(height * width, seed: 4).Select(Math.Abs).ToArray();

        var pooled = Numbers.Floats(PyramidLayer.Pooled(tensor(values, [1, 1, height, width]), times: 1));

        // Padded to keep ⌈n/2⌉ windows of 3: one pixel on the far side, and for odd lengths one on the near side too.
        var (down, across) = ((height + 1) / 2, (width + 1) / 2);
        for (var i = 0; i < pooled.Length; i++)
        {
            var (top, left) = (2 * (i / across) - height % 2, 2 * (i % across) - width % 2);
            var expected = 0f;
            for (var cell = 0; cell < 9; cell++)
            {
                var (y, x) = (top + cell / 3, left + cell % 3);
                if (y >= 0 && y < height && x >= 0 && x < width)
                    expected = Math.Max(expected, values[y * width + x]);
            }
            Assert.Equal(expected, pooled[i]);
        }
        Assert.Equal(down * across, pooled.Length);
    }

    private static (DistillationLoss Loss, LossInput Input) Made(MethodGolden golden, ScalarType type)
    {
        var features = golden.Tensors.Keys.Where(name => name.StartsWith("feature", StringComparison.Ordinal)).Select(name => golden.Tensor(name, type)).ToList();
        var shapes = features.Select((f, i) => new MapShape($"stage{i}", (int)f.shape[1], (int)f.shape[2], (int)f.shape[3])).ToList();
        var options = golden.Options;
        var method = new FeatureRefinement { Temperature = options["temperature"], Width = (int)options["width"], Depth = (int)options["depth"], Repeats = (int)options["repeats"] };
        var stem = shapes[0] with { Name = "stem" };
        var context = Losses.Context(teacher: false) with { Student = new OutputShape((int)options["classes"], [stem, .. shapes], null) };
        var loss = method.CreateLoss(context);
        Load(loss.Helper!, golden, type);
        return (loss, new LossInput(new ModelOutput(golden.Tensor("student", type), [features[0], .. features], null), null, new BatchLabels(golden.Long("labels"))));
    }

    private static void Load(nn.Module pyramid, MethodGolden golden, ScalarType type)
    {
        pyramid.to(type);
        using var noGrad = no_grad();
        var weights = pyramid.named_parameters().ToDictionary(p => p.Item1, p => p.Item2);
        Assert.Equal(golden.Gradients.Keys.Where(name => name.StartsWith("layer", StringComparison.Ordinal) || name.StartsWith("fc", StringComparison.Ordinal)).Order(StringComparer.Ordinal), weights.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, weight) in weights)
            weight.copy_(golden.Tensor(name, type).detach());
    }
}
