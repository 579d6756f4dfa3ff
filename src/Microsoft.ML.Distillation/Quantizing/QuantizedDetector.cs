using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>A trained detector as it will be in 8 bits, for training it on. Boxes and scores are made of what its heads say in floats, as in the exported model.</summary>
internal sealed class QuantizedDetector : DetectorNetwork
{
    private readonly DetectorModule _student;
    private readonly StudentDescription _description;
    private readonly OnnxDetector _names;
    private readonly QuantizedNetwork _network;

    /// <param name="student">The trained student; its weights are copied. It must live as long as this, which asks it how its heads are read.</param>
    /// <param name="images">What activations' ranges are observed on.</param>
    /// <exception cref="NotSupportedException">The student has nothing that can be quantised.</exception>
    public QuantizedDetector(DetectorModule student, StudentDescription description, QuantizationAwareOptions options, ImageBatches images, int threads)
        : base($"{nameof(QuantizedDetector)} ({options})")
    {
        (_student, _description) = (student, description);
        var traced = DetectorExporter.Traced(student, description, new Suppression());
        _names = traced.Network;
        var outputs = _names.Levels.SelectMany(level => level.Select(value => value.Value)).Concat(_names.Neck).Concat(_names.Backbone).ToArray();
        _network = new QuantizedNetwork(OnnxModelFile.FromProto(traced.Model, description.Architecture), traced.Pixels, _ => outputs, options, images, threads);
        register_module("network", _network);
    }

    public override int ClassCount => _student.ClassCount;

    public override AnchorSet Anchors => _student.Anchors;

    public override bool IsYolo => _student.IsYolo;

    public override IReadOnlyList<StageInfo> NeckStages => _student.NeckStages;

    public override void Begin(int epoch) => _network.Begin(epoch);

    public override DetectorOutput forward(Tensor input)
    {
        var values = _network.Run(input);
        return new DetectorOutput([.. _names.Levels.Select(Level)], [.. _names.Neck.Select(name => values[name])], [.. _names.Backbone.Select(name => values[name])]);

        DetectorLevel Level(IReadOnlyList<HeadValue> level)
        {
            var heads = level.Select(value => values[value.Value].contiguous()).ToList();
            return IsYolo ? DetectorLevel.FromRaw(heads[0]) : new DetectorLevel(heads[0], null, heads[1]);
        }
    }

    public override (Tensor Boxes, Tensor Scores) Decode(DetectorOutput output) => _student.Decode(output);

    /// <summary>The model in 8 bits, with the weights and the ranges of now.</summary>
    public QuantizedModel Export(int epochs, Suppression suppression) =>
        _network.Export(epochs, OnnxModelFile.FromProto(DetectorExporter.Traced(_student, _description, suppression).Model, _description.Architecture));

    /// <inheritdoc cref="QuantizedNetwork.Scales"/>
    internal Tensor Scales => _network.Scales;

    /// <inheritdoc cref="QuantizedNetwork.WeightScales(string)"/>
    internal Tensor WeightScales(string name) => _network.WeightScales(name);
}
