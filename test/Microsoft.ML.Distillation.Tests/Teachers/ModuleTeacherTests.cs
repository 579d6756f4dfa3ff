using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public sealed class ModuleTeacherTests : IDisposable
{
    private const int Classes = 5;
    private static readonly TeacherSettings Settings = new(CPU, Threads: 1, TeacherParts.Logits | TeacherParts.Features | TeacherParts.Embedding);
    private static readonly TeacherSettings WithGradients = Settings with { Parts = Settings.Parts | TeacherParts.Gradients };
    private readonly Sequential _network = TinyNetwork.Create(Classes, seed: 1);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _pixels;

    public ModuleTeacherTests() => _pixels = tensor(Modules.Pixels(3 * 3 * 8 * 10, seed: 3), [3, 3, 8, 10]);

    public static TheoryData<string, ModuleTeacherOptions> Mistaken => new()
    {
        { "module teacher has no submodule named 'layer1'; it has 'conv', 'norm', 'act', 'pool', 'flat', 'fc'.", new() { FeatureModules = ["layer1"] } },
        { "module teacher: its submodule 'flat' gives 1×4; a feature map N×C×H×W is needed.", new() { FeatureModules = ["conv", "flat"] } },
        { "module teacher: its submodule 'act' gives 1×4×32×32; a vector N×D is needed: tap the pooling before the classifier.", new() { EmbeddingModule = "act" } },
    };

    [Theory]
    [InlineData(null, null)]
    [InlineData(6, 5)]
    public void ItGivesWhatTheModuleItselfGives(int? width, int? height)
    {
        ImageSize? size = width is null ? null : new ImageSize(width.Value, height!.Value);
        using var session = Open(new() { InputSize = size, Normalization = ImageNormalization.Cifar10 });

        var logits = session.Forward(_pixels).Logits!;

        using var view = new PixelTransforms(new(10, 8), size ?? new(10, 8), ImageNormalization.Cifar10, CPU);
        Close(_network.call(view.Apply(_pixels)), logits);
        Assert.Equal((size, Classes, 4 * 27 + 4 + 8 + 5 * 4 + 5L), (session.InputSize, session.ClassCount, session.ParameterCount!.Value));
    }

    [Fact]
    public void InBFloat16ItSaysTheSameButForRounding()
    {
        var options = new ModuleTeacherOptions { FeatureModules = ["act"], EmbeddingModule = "pool" };
        using var exact = Open(options);
        var expected = exact.Forward(_pixels);
        exact.Dispose();
        using var session = Open(options, Settings with { Precision = Precision.BFloat16 });

        var output = session.Forward(_pixels);

        foreach (var (wanted, got) in new[] { (expected.Logits!, output.Logits!), (expected.Features[0], output.Features[0]), (expected.Embedding!, output.Embedding!) })
        {
            Assert.Equal(ScalarType.Float32, got.dtype);
            Assert.NotEqual(Numbers.Of(wanted), Numbers.Of(got));
            Numbers.Close(Numbers.Of(wanted), Numbers.Of(got), .03);
        }
    }

    [Fact]
    public void ItsWeightsAreAfterwardsWhatTheyWere()
    {
        var before = Loops.Bits(_network);

        using (var session = Open(new(), Settings with { Precision = Precision.BFloat16 }))
        {
            session.Forward(_pixels);
            Assert.Equal(ScalarType.BFloat16, Layer("conv").parameters().First().dtype);
        }

        Assert.All(_network.parameters(), p => Assert.Equal((ScalarType.Float32, true), (p.dtype, p.requires_grad)));
        Assert.Equal(before, Loops.Bits(_network));
        Assert.Equal(ScalarType.Float32, _network.call(_pixels).dtype);
    }

    [Fact]
    public void ANetworkThatFailsOnRoundedValuesStaysAsItIs()
    {
        var network = new Float32Only(_network);
        using var exact = new ModuleTeacher(network).Open(Settings);
        var expected = Numbers.Of(exact.Forward(_pixels).Logits!);
        exact.Dispose();

        using var session = new ModuleTeacher(network).Open(Settings with { Precision = Precision.BFloat16 });

        Assert.Equal(expected, Numbers.Of(session.Forward(_pixels).Logits!));
    }

    /// <summary>A network with a step of its own between two layers that takes float32 alone.</summary>
    private sealed class Float32Only : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _inner;

        public Float32Only(nn.Module<Tensor, Tensor> network) : base(nameof(Float32Only))
        {
            _inner = network;
            register_module("inner", network);
        }

        public override Tensor forward(Tensor input)
        {
            var output = _inner.call(input);
            return output.dtype == ScalarType.Float32 ? output : throw new InvalidOperationException("float32 is expected.");
        }
    }

    // A Sequential disposes of what it hands from one module to the next.
    [Fact]
    public void SubmodulesAreTappedByName()
    {
        using var session = Open(new() { FeatureModules = ["conv", "act"], EmbeddingModule = "pool", Normalization = ImageNormalization.Cifar10 });

        var output = session.Forward(_pixels);

        using var view = new PixelTransforms(new(10, 8), new(10, 8), ImageNormalization.Cifar10, CPU);
        var conv = Layer("conv").call(view.Apply(_pixels));
        var act = Layer("act").call(Layer("norm").call(conv));
        Assert.Equal(2, output.Features.Count);
        Close(conv, output.Features[0]);
        Close(act, output.Features[1]);
        Close(act.mean([2, 3]), output.Embedding!);
    }

    [Fact]
    public void ItsShapesAreThoseOfWhatItGives()
    {
        using var session = Open(new() { FeatureModules = ["conv", "act"], EmbeddingModule = "pool", InputSize = new(6, 5) });

        var shape = session.Describe(new(10, 8));

        Assert.Equal((Classes, TinyNetwork.Channels), (shape.Classes!.Value, shape.Embedding!.Value));
        Assert.Equal([new MapShape("conv", 4, 5, 6), new MapShape("act", 4, 5, 6)], shape.Features);
    }

    [Fact]
    public void ThereAreGradientsOnlyWhereTheyAreWanted()
    {
        using var plain = OpenedTeacher.Open(Teacher(new() { FeatureModules = ["act"] }), Settings, Modules.Classes(Classes));
        var without = plain.Forward(_pixels);
        using var derived = OpenedTeacher.Open(Teacher(new() { FeatureModules = ["act"] }), WithGradients, Modules.Classes(Classes));
        var with = derived.Forward(_pixels);
        var gradients = autograd.grad([with.Logits!.select(1, 0).sum()], [with.Input!, with.Features[0]]);

        Assert.Null(without.Input);
        Assert.False(without.Logits!.requires_grad);
        Assert.False(without.Features[0].requires_grad);
        Assert.Equal(_pixels.shape, gradients[0].shape);
        Assert.True(gradients[0].abs().max().item<float>() > 0);
        // The mean over 8×10 places, then the first row of the classifier.
        var expected = (_network.get_parameter("fc.weight")[0] / 80).reshape(1, 4, 1, 1).expand(3, 4, 8, 10);
        Close(expected, gradients[1]);
    }

    [Fact]
    public void TheModuleIsGivenBackAsItWas()
    {
        _network.train();
        Layer("norm").eval();
        _network.get_parameter("fc.bias").requires_grad_(false);
        var (statistics, weights) = (Modules.Weights(_network), _network.get_parameter("conv.weight"));

        using (var session = Open(new() { FeatureModules = ["act"] }))
        {
            session.Forward(_pixels);
            Assert.All(_network.modules().Append(_network), m => Assert.False(m.training));
            Assert.All(_network.parameters(), p => Assert.False(p.requires_grad));
        }

        Assert.Equal(["norm"], _network.named_modules().Where(m => !m.Item2.training).Select(m => m.Item1));
        Assert.True(_network.training);
        Assert.Equal(["fc.bias"], _network.named_parameters().Where(p => !p.Item2.requires_grad).Select(p => p.Item1));
        Assert.Equal(statistics, Modules.Weights(_network));
        Assert.Same(weights, _network.get_parameter("conv.weight"));
        Assert.Equal([3, Classes], _network.call(_pixels).shape); // it is still there
    }

    [Theory]
    [MemberData(nameof(Mistaken), DisableDiscoveryEnumeration = true)]
    public void ATapThatCantBeIsAnError(string message, ModuleTeacherOptions options)
    {
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Open(options)).Message);
        Assert.True(_network.training);
        Assert.All(_network.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void ASubmoduleThatIsNotCalledIsAnError()
    {
        using var network = new Idle();

        var error = Assert.Throws<InvalidDataException>(() => new ModuleTeacher(network, new() { FeatureModules = ["idle"] }).Open(Settings));

        Assert.Equal("module teacher: its submodule 'idle' put out nothing when the network ran. Name one that the network runs by call(…), not by forward(…) or its weights alone.", error.Message);
    }

    [Fact]
    public void ANetworkThatNeedsAnotherSizeIsAnErrorThatSaysWhatToSet()
    {
        using var network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 2));

        var message = Assert.Throws<InvalidDataException>(() => new ModuleTeacher(network).Open(Settings)).Message;
        using var session = new ModuleTeacher(network, new() { InputSize = new(8, 8) }).Open(Settings);

        Assert.StartsWith("module teacher failed on images of 32×32 pixels: ", message, StringComparison.Ordinal);
        Assert.EndsWith(" If it needs images of one size, set ModuleTeacherOptions.InputSize.", message, StringComparison.Ordinal);
        Assert.Equal([3, 2], session.Forward(_pixels).Logits!.shape);
    }

    [Fact]
    public void AnOutputThatIsNoRowOfLogitsIsAnError()
    {
        using var network = nn.Sequential(nn.Conv2d(3, 2, 1));

        Assert.Equal("resnet gives 1×2×32×32 for 1 images; logits N×C are needed.", Assert.Throws<InvalidDataException>(() => new ModuleTeacher(network, new() { Name = "resnet" }).Open(Settings)).Message);
    }

    [Fact]
    public void FaultsOfTheOptionsAreTold()
    {
        var faults = new Faults("Options");

        Teacher(new() { Name = " ", Normalization = null!, InputSize = new(0, 8), FeatureModules = null!, ClassNames = ["a", "a"] }).Validate(faults);

        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ", "Options: 5 faults.", "ModuleTeacherOptions.Name is empty; name the teacher.",
                "ModuleTeacherOptions.Normalization is null; say what the network expects of pixels, ImageNormalization.Raw for 0…255.",
                "ModuleTeacherOptions.InputSize is 0×8; both sides must be at least 1 pixel.", "ModuleTeacherOptions.FeatureModules is null; leave it out for none.",
                "  has class names that are not distinct. (Parameter 'o')"),
            Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message);
    }

    [Fact]
    public void ASubmoduleNamedTwiceIsAFault()
    {
        var faults = new Faults("Options");

        Teacher(new() { FeatureModules = ["act", "conv", "act"] }).Validate(faults);

        Assert.Equal("Options: ModuleTeacherOptions.FeatureModules names a submodule twice; name each once. (Parameter 'o')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message);
    }

    // Networks tidy up behind themselves: what was tapped outlives their scopes, and a forward leaves nothing else behind.
    [Fact]
    public void ANetworksOwnScopesDontTakeWhatWasTapped()
    {
        using var network = new Tidy(_network);
        using var session = new ModuleTeacher(network, new() { FeatureModules = ["inner.conv", "inner.act"], EmbeddingModule = "inner.pool" }).Open(Settings);
        using var plain = Open(new() { FeatureModules = ["conv", "act"], EmbeddingModule = "pool" });
        var expected = plain.Forward(_pixels);

        using var step = NewDisposeScope();
        var output = session.Forward(_pixels);

        Close(expected.Features[1], output.Features[1]);
        Close(expected.Embedding!, output.Embedding!);
        Assert.Equal(4, step.DisposablesCount); // logits, two maps, the embedding
    }

    public void Dispose()
    {
        _scope.Dispose();
        _network.Dispose();
    }

    private ModuleTeacher Teacher(ModuleTeacherOptions options) => new(_network, options);

    private TeacherSession Open(ModuleTeacherOptions options, TeacherSettings? settings = null) => Teacher(options).Open(settings ?? Settings);

    private nn.Module<Tensor, Tensor> Layer(string name) => (nn.Module<Tensor, Tensor>)_network.named_modules().First(m => m.Item1 == name).Item2;

    // The same float32 layers, on another layout in memory.
    private static void Close(Tensor expected, Tensor actual) => Numbers.Close(Numbers.Of(expected), Numbers.Of(actual), 1e-5);

    private sealed class Tidy : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential _inner;

        public Tidy(Sequential inner) : base(nameof(Tidy)) => register_module("inner", _inner = inner);

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return _inner.call(input).MoveToOuterDisposeScope();
        }
    }

    private sealed class Idle : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _idle = nn.Linear(3, 2);

        public Idle() : base(nameof(Idle)) => register_module("idle", _idle);

        public override Tensor forward(Tensor input) => input.mean([2, 3]).matmul(_idle.weight!.t());
    }
}
