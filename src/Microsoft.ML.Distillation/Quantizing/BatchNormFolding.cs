using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>
/// Makes a convolution and the BatchNorm after it one convolution: w' = w·γ/√(σ² + ε) and b' = (b − μ)·γ/√(σ² + ε) + β, for each output channel. What the graph computes stays the same but
/// for rounding. BatchNorm that stands elsewhere stays.
/// </summary>
internal sealed class BatchNormFolding
{
    private const float DefaultEpsilon = 1e-5f;
    private readonly OnnxModelFile _file;
    private readonly ModelProto _model;
    private readonly Dictionary<string, (string Weight, string Bias)> _folded = [];
    private readonly Dictionary<string, FoldedNorm> _norms = new(StringComparer.Ordinal);

    private BatchNormFolding(OnnxModelFile file) => (_file, _model) = (file, file.Model.Clone());

    /// <returns>Another model; the file's own stays as it is.</returns>
    public static OnnxModelFile Fold(OnnxModelFile file) => Fold(file, out _);

    /// <param name="norms">What was folded, by the name of the weights it went into.</param>
    /// <inheritdoc cref="Fold(OnnxModelFile)"/>
    public static OnnxModelFile Fold(OnnxModelFile file, out IReadOnlyDictionary<string, FoldedNorm> norms)
    {
        var folding = new BatchNormFolding(file);
        folding.FoldAll();
        norms = folding._norms;
        return OnnxModelFile.FromProto(folding._model.RemoveUnused(), file.Source);
    }

    private void FoldAll()
    {
        var nodes = _model.Graph.Node;
        var index = new GraphIndex(_model.Graph);
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            var norm = nodes[i];
            if (norm.OpType != "BatchNormalization" || index.Maker(norm.Input[0]) is not { OpType: "Conv" } conv || index.OnlyReader(norm.Input[0]) is null)
                continue;
            if (!conv.Input.Skip(1).Concat(norm.Input.Skip(1)).All(_file.HasInitializer))
                continue;
            var (weight, bias) = Parameters(conv, norm);
            conv.Input[1] = weight;
            if (conv.Input.Count > 2)
                conv.Input[2] = bias;
            else
                conv.Input.Add(bias);
            conv.Output[0] = norm.Output[0];
            nodes.RemoveAt(i);
        }
    }

    /// <summary>Where layers share weights and BatchNorm, they share the folded weights too.</summary>
    private (string Weight, string Bias) Parameters(NodeProto conv, NodeProto norm)
    {
        var key = string.Join('\n', conv.Input.Skip(1).Concat(norm.Input.Skip(1)));
        if (_folded.TryGetValue(key, out var known))
            return known;
        var shape = _file.ReadShape(conv.Input[1]);
        var (weight, bias) = Fold(_file.ReadFloats(conv.Input[1]), conv.Input.Count > 2 ? _file.ReadFloats(conv.Input[2]) : new float[shape[0]], norm);
        var names = ($"{conv.Input[1]}.folded{_folded.Count}", $"{norm.Input[2]}.folded{_folded.Count}");
        _model.Graph.Initializer.Add(OnnxTensors.Create(names.Item1, weight, shape));
        _model.Graph.Initializer.Add(OnnxTensors.Create(names.Item2, bias, [shape[0]]));
        _norms.Add(names.Item1, new(conv.Input[1], conv.Input.ElementAtOrDefault(2), norm.Input[1], norm.Input[2], norm.Input[3], norm.Input[4], Epsilon(norm)));
        return _folded[key] = names;
    }

    private (float[] Weight, float[] Bias) Fold(float[] weight, float[] bias, NodeProto norm)
    {
        var (gamma, beta) = (_file.ReadFloats(norm.Input[1]), _file.ReadFloats(norm.Input[2]));
        var (mean, variance) = (_file.ReadFloats(norm.Input[3]), _file.ReadFloats(norm.Input[4]));
        var epsilon = Epsilon(norm);
        var (row, foldedWeight, foldedBias) = (weight.Length / bias.Length, new float[weight.Length], new float[bias.Length]);
        for (var channel = 0; channel < bias.Length; channel++)
        {
            var factor = gamma[channel] / Math.Sqrt((double)variance[channel] + epsilon);
            foldedBias[channel] = (float)((bias[channel] - (double)mean[channel]) * factor + beta[channel]);
            for (var i = channel * row; i < (channel + 1) * row; i++)
                foldedWeight[i] = (float)(weight[i] * factor);
        }
        return (foldedWeight, foldedBias);
    }

    private static float Epsilon(NodeProto norm) => norm.Attribute.FirstOrDefault(a => a.Name == "epsilon")?.F ?? DefaultEpsilon;
}
