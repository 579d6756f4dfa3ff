using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public sealed class EnsembleTeacherTests : IDisposable
{
    private static readonly TeacherSettings Settings = new(CPU, Threads: 1);
    private static readonly string[] Labels = ["ant", "bee", "cat"];
    private readonly OnnxTeacher _small = Onnx(new(5, 4), "cat", "dog", "ant", "bee");
    private readonly OnnxTeacher _large = Onnx(new(4, 6), "bee", "ant", "cat");
    private readonly nn.Module<Tensor, Tensor> _network = TinyNetwork.Create(3, seed: 2);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _pixels;

    public EnsembleTeacherTests() => _pixels = tensor(Modules.Pixels(2 * 3 * 6 * 7, seed: 3), [2, 3, 6, 7]);

    public static TheoryData<double> Temperatures => [1, 4];

    [Theory]
    [MemberData(nameof(Temperatures))]
    public void ItSaysTheWeightedMeanOfItsMembersSoftenedProbabilities(double temperature)
    {
        var output = Forward(new EnsembleTeacher(_small, _large) { Weights = [3, 1] });

        var members = new[] { _small, _large }.Select(m => Numbers.Of(nn.functional.softmax(Forward(m).Logits!.to(ScalarType.Float64) / temperature, 1))).ToList();
        Numbers.Close(members[0].Zip(members[1], (a, b) => .75 * a + .25 * b), Numbers.Of(output.LogProbabilities(temperature).exp()), 1e-6);
        Assert.Equal([.75, .25], output.Members.Select(m => m.Weight));
        Close(Forward(new EnsembleTeacher(_small, _large) { Weights = [3, 1] }).LogProbabilities(1), output.Logits!);
    }

    [Fact]
    public void WithoutWeightsAllCountAlike() =>
        Numbers.Within([1 / 3.0, 1 / 3.0, 1 / 3.0], [.. Forward(new EnsembleTeacher(_small, _large, _small)).Members.Select(m => m.Weight)], 1e-15);

    [Fact]
    public void OneMemberIsAsGoodAsItself()
    {
        var (alone, ensemble) = (Forward(_small), Forward(new EnsembleTeacher(_small)));

        Assert.Equal(Numbers.Floats(alone.Logits!), Numbers.Floats(ensemble.Members[0].Logits));
        Close(alone.LogProbabilities(4), ensemble.LogProbabilities(4));
    }

    [Fact]
    public void AnEnsembleOfEnsemblesIsTheEnsembleOfAll()
    {
        var flat = Forward(new EnsembleTeacher(_small, _large, Module()) { Weights = [1, 1, 2] });
        var nested = Forward(new EnsembleTeacher(new EnsembleTeacher(_small, _large), Module()));

        Assert.Equal(flat.Members.Select(m => m.Weight), nested.Members.Select(m => m.Weight));
        Close(flat.LogProbabilities(3), nested.LogProbabilities(3));
    }

    [Fact]
    public void ImagesMustBeLargeEnoughForAllMembers()
    {
        using var opened = Open(new EnsembleTeacher(_small, _large, Module()));
        using var free = Open(new EnsembleTeacher(Module(), Module()));

        Assert.Equal(new ImageSize(5, 6), opened.Session.InputSize);
        Assert.Null(free.Session.InputSize);
    }

    [Fact]
    public void SizesAddUpWhereAllAreKnown()
    {
        using var opened = Open(new EnsembleTeacher(_small, _large));
        using var partly = Open(new EnsembleTeacher(_small, Module()));

        Assert.Equal(4 * 60L + 3 * 72, opened.Session.ParameterCount);
        Assert.True(opened.Session.ModelBytes > 4 * (4 * 60 + 3 * 72));
        Assert.Equal(4 * 60L + 4 * 27 + 4 + 8 + 12 + 3, partly.Session.ParameterCount);
        Assert.Null(partly.Session.ModelBytes);
    }

    [Fact]
    public void FeaturesAndEmbeddingAreTheFirstMembers()
    {
        var all = Settings with { Parts = TeacherParts.Logits | TeacherParts.Features | TeacherParts.Embedding };
        using var opened = OpenedTeacher.Open(new EnsembleTeacher(Module(), _large), all, Labels);
        using var alone = OpenedTeacher.Open(Module(), all, Labels);
        var output = opened.Forward(_pixels);

        var first = alone.Forward(_pixels);
        Close(first.Features[0], Assert.Single(output.Features));
        Close(first.Embedding!, output.Embedding!);
        Assert.Equal([new MapShape("act", 4, 6, 7)], opened.Describe(new(7, 6)).Features);
        Assert.Equal((3, 4), (opened.Describe(new(7, 6)).Classes!.Value, opened.Describe(new(7, 6)).Embedding!.Value));
    }

    // An ensemble of a backbone and others is no reason to run the others for its features, or to know its classes.
    [Fact]
    public void WhereNobodyAsksForLogitsTheFirstMemberRunsAlone()
    {
        using var opened = OpenedTeacher.Open(new EnsembleTeacher(Module(), _large), Settings with { Parts = TeacherParts.Features }, ["some", "thing", "else"]);

        var output = opened.Forward(_pixels);

        Assert.Single(opened.Session.Members);
        Assert.Null(output.Logits);
        Assert.Empty(output.Members);
        Assert.Null(opened.Describe(new(7, 6)).Classes);
        using var alone = OpenedTeacher.Open(Module(), Settings with { Parts = TeacherParts.Features }, ["some", "thing", "else"]);
        Close(alone.Forward(_pixels).Features[0], output.Features[0]);
    }

    [Fact]
    public void GradientsReachThePixelsThroughAllMembers()
    {
        using var other = TinyNetwork.Create(3, seed: 9);
        var second = new ModuleTeacher(other, new() { ClassNames = Labels, InputSize = new(5, 5) });
        using var opened = OpenedTeacher.Open(new EnsembleTeacher(Module(), second), Settings with { Parts = TeacherParts.Logits | TeacherParts.Gradients }, Labels);

        var output = opened.Forward(_pixels);
        var gradients = output.Members.Append((output.Logits!, 1)).Select(m => autograd.grad([m.Logits.select(1, 0).sum()], [output.Input!], retain_graph: true).Single()).ToList();

        Assert.All(gradients, g => Assert.Equal(_pixels.shape, g.shape));
        Assert.All(gradients, g => Assert.True(g.abs().max().item<float>() > 0));
        Close(_pixels / 255, output.Input!);
        Close(Forward(new EnsembleTeacher(Module(), second)).Logits!, output.Logits!);
    }

    [Fact]
    public void WithoutTheGradientsOfAllThereAreNone()
    {
        var ensemble = new EnsembleTeacher(
            Module(), OnnxTeacher.FromBytes(new Classifiers(new(4, 6), 3).ToBytes(), new() { ClassNames = ["bee", "ant", "cat"], Engine = OnnxTeacherEngine.OnnxRuntime }));

        var error = Assert.Throws<InvalidDataException>(() => OpenedTeacher.Open(ensemble, Settings with { Parts = TeacherParts.Logits | TeacherParts.Gradients }, Labels));

        Assert.EndsWith(
            "ONNX teacher (from bytes) gives no gradients, which a method learns from: take a teacher in TorchSharp (StudentTeacher, ModuleTeacher), or a method that does without, such as KnowledgeDistillation.",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoMembersMayShareAModule()
    {
        _network.train();
        using (var opened = Open(new EnsembleTeacher(Module(), Module())))
            Close(Forward(Module()).LogProbabilities(1), opened.Forward(_pixels).Logits!);

        Assert.True(_network.training);
        Assert.All(_network.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void ItsClassesAreThoseAllMembersKnow()
    {
        Assert.Equal(["cat", "ant", "bee"], new EnsembleTeacher(_small, _large).ClassNames);
        Assert.Null(new EnsembleTeacher(_small, OnnxTeacher.FromBytes(new Classifiers(new(5, 4), 3).ToBytes())).ClassNames);
        Assert.Equal("ensemble of 2 (ONNX teacher (from bytes); tiny)", new EnsembleTeacher(_small, Module()).Name);
    }

    [Fact]
    public void AClassThatAMemberDoesNotKnowIsAnError() => Assert.StartsWith(
        "ONNX teacher (from bytes) has no class named 'dog', which the labels have; its classes are 'bee', 'ant', 'cat'.",
        Assert.Throws<InvalidDataException>(() => OpenedTeacher.Open(new EnsembleTeacher(_small, _large), Settings, ["ant", "dog"])).Message, StringComparison.Ordinal);

    [Fact]
    public void MembersWithoutNamesAreTheOnesWhoseOrderIsToBeChecked()
    {
        var unnamed = OnnxTeacher.FromBytes(new Classifiers(new(5, 4), 3).ToBytes());
        using var opened = Open(new EnsembleTeacher(_small, new EnsembleTeacher(unnamed, _large)));
        using var named = Open(new EnsembleTeacher(_small, _large));

        Assert.Equal(["ONNX teacher (from bytes)"], opened.Unnamed.Select(t => t.Name));
        Assert.Empty(named.Unnamed);
    }

    [Fact]
    public void FaultsAreTold()
    {
        Assert.Equal("E: EnsembleTeacher has no members; give it at least one teacher. (Parameter 'o')", Fault(new EnsembleTeacher()));
        Assert.Equal("E: EnsembleTeacher has a null among its members; leave it out. (Parameter 'o')", Fault(new EnsembleTeacher(_small, null!)));
        Assert.Equal("E: EnsembleTeacher.Weights has 1 values for 2 members; give one for each. (Parameter 'o')", Fault(new EnsembleTeacher(_small, _large) { Weights = [1] }));
        Assert.Equal("E: EnsembleTeacher.Weights holds 0; every weight must be above 0. (Parameter 'o')", Fault(new EnsembleTeacher(_small, _large) { Weights = [1, 0] }));
        Assert.Equal("E: EnsembleTeacher.Weights holds NaN; every weight must be above 0. (Parameter 'o')", Fault(new EnsembleTeacher(_small) { Weights = [double.NaN] }));
        Assert.Equal("E: ONNX teacher (from bytes) has class names that are not distinct. (Parameter 'o')", Fault(new EnsembleTeacher(_small, Onnx(new(5, 4), "a", "a"))));
    }

    public void Dispose()
    {
        _scope.Dispose();
        _network.Dispose();
    }

    private static string Fault(EnsembleTeacher teacher)
    {
        var faults = new Faults("E");
        teacher.Validate(faults);
        return Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message;
    }

    private static OnnxTeacher Onnx(ImageSize size, params string[] classes) =>
        OnnxTeacher.FromBytes(new Classifiers(size, classes.Length).ToBytes(), new() { ClassNames = classes });

    private ModuleTeacher Module() => new(_network, new() { Name = "tiny", ClassNames = Labels, FeatureModules = ["act"], EmbeddingModule = "flat" });

    private static OpenedTeacher Open(Teacher teacher) => OpenedTeacher.Open(teacher, Settings, Labels);

    private ModelOutput Forward(Teacher teacher)
    {
        using var opened = Open(teacher);
        return opened.Forward(_pixels);
    }

    // float32 throughout.
    private static void Close(Tensor expected, Tensor actual) => Numbers.Close(Numbers.Of(expected), Numbers.Of(actual), 1e-5);
}
