using BenchmarkDotNet.Attributes;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>Methods' losses and their gradients: 64 images, 100 classes, the maps of resnet8x4 and resnet32x4 of 32×32 pixels.</summary>
public class ClassifierLosses : KernelGroup
{
    private const int Classes = 100, Channels = 256;
    private static readonly MapShape[] _maps = [new("1", 64, 32, 32), new("2", 128, 16, 16), new("3", Channels, 8, 8)];

    private static readonly Dictionary<string, DistillationMethod> _methods = new DistillationMethod[]
    {
        new KnowledgeDistillation(), new DecoupledDistillation(), new AttentionTransfer(), new SimilarityPreserving(), new RelationalDistillation(), new CorrelationCongruence(), new HintDistillation(),
        new FspDistillation(), new ProjectorEnsemble(), new ContrastiveDistillation(),
    }.ToDictionary(method => method.Name);

    private static readonly int _batch = Sizes.Of(64), _rows = Sizes.Of(50_000);
    private DistillationLoss? _loss;
    private LossInput? _input;

    public static IEnumerable<string> Methods => _methods.Keys;

    [ParamsSource(nameof(Methods))]
    public string Method { get; set; } = "";

    [Benchmark]
    public float LossAndGradients()
    {
        using var scope = NewDisposeScope();
        return Step(_loss!.Compute(_input!));
    }

    private protected override void Prepare()
    {
        var labels = Enumerable.Range(0, _rows).Select(row => row % Classes).ToArray();
        var shape = new OutputShape(Classes, _maps, Channels);
        _loss = _methods[Method].CreateLoss(new LossContext(shape, shape, labels, _batch, _rows / _batch, Epochs: 100, Seed: 1, CPU));
        var student = Output();
        _input = new LossInput(student, Output(), new BatchLabels(tensor(labels.Take(_batch).Select(label => (long)label).ToArray())))
        {
            Epoch = 50, Rows = [.. Enumerable.Range(0, _batch)],
        };
        foreach (var tensor in student.Features.Append(student.Logits!).Append(student.Embedding!))
            tensor.requires_grad_();
    }

    private protected override void Finish() => _loss!.Helper?.Dispose();

    private static ModelOutput Output() => new(Numbers(_batch, Classes), [.. _maps.Select(map => Numbers(_batch, map.Channels, map.Height, map.Width).relu_())], Numbers(_batch, Channels).relu_());
}
