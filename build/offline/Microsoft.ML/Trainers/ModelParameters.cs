using System.Numerics;
using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

public abstract class ModelParametersBase<TOutput> : ICanSaveModel
{
    private protected ModelParametersBase()
    {
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Check.NotNull(ctx, nameof(ctx)).SetKind(GetType());
        SaveModel(ctx);
    }

    internal abstract void SaveModel(ModelSaveContext ctx);
}

/// <summary>What a multiclass transformer asks of its model.</summary>
internal interface IMulticlassModel
{
    int ClassCount { get; }

    int FeatureCount { get; }

    void Score(ReadOnlySpan<float> features, Span<float> scores);
}

public abstract class LinearMulticlassModelParametersBase : ModelParametersBase<VBuffer<float>>, IMulticlassModel
{
    private readonly float[][] _weights;
    private readonly float[] _biases;

    internal LinearMulticlassModelParametersBase(float[][] weights, float[] biases) => (_weights, _biases) = (weights, biases);

    int IMulticlassModel.ClassCount => _biases.Length;

    int IMulticlassModel.FeatureCount => _weights[0].Length;

    public IEnumerable<float> GetBiases() => _biases.ToArray();

    public void GetWeights(ref VBuffer<float>[] weights, out int numClasses)
    {
        numClasses = _biases.Length;
        if (weights?.Length != numClasses)
            weights = new VBuffer<float>[numClasses];
        for (int i = 0; i < numClasses; i++)
            VBuffer<float>.Copy(_weights[i], 0, ref weights[i], _weights[i].Length);
    }

    void IMulticlassModel.Score(ReadOnlySpan<float> features, Span<float> scores)
    {
        for (int i = 0; i < scores.Length; i++)
            scores[i] = _biases[i] + Dot(_weights[i], features);
        Normalize(scores);
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        float total = Vector.Sum(sum);
        for (; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }

    internal abstract void Normalize(Span<float> scores);

    internal override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Writer.Write(_weights.Length);
        foreach (var row in _weights)
            ValueCodec.WriteArray(ctx.Writer, row);
        ValueCodec.WriteArray(ctx.Writer, _biases);
    }

    private protected static (float[][] Weights, float[] Biases) Read(BinaryReader reader)
    {
        var weights = new float[reader.ReadInt32()][];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = ValueCodec.ReadArray<float>(reader);
        return (weights, ValueCodec.ReadArray<float>(reader));
    }
}

[ModelKind("MaximumEntropy")]
public sealed class MaximumEntropyModelParameters : LinearMulticlassModelParametersBase
{
    internal MaximumEntropyModelParameters(float[][] weights, float[] biases) : base(weights, biases)
    {
    }

    internal static MaximumEntropyModelParameters Load(ModelLoadContext ctx)
    {
        var (weights, biases) = Read(ctx.Reader);
        return new(weights, biases);
    }

    // Softmax, shifted by the largest score so that none overflows.
    internal override void Normalize(Span<float> scores)
    {
        float largest = float.NegativeInfinity;
        foreach (float score in scores)
            largest = MathF.Max(largest, score);
        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
            sum += scores[i] = MathF.Exp(scores[i] - largest);
        for (int i = 0; i < scores.Length; i++)
            scores[i] = (float)(scores[i] / sum);
    }
}
