namespace Microsoft.ML.Trainers;

/// <summary>
/// Multinomial logistic regression: (Σ weight · −log softmax(W x + b)[label] + L2/2 · ‖W‖²) / Σ weight; biases are not penalised.
/// Parameters: the biases, then for each feature its weights for all classes, so that a feature's update is contiguous.
/// </summary>
internal sealed class SoftmaxLoss(SoftmaxExamples examples, double l2)
{
    private readonly int _classes = examples.ClassCount;

    internal int BiasCount => _classes;

    internal double[] Start(MaximumEntropyModelParameters initial)
    {
        var parameters = new double[_classes * (1 + examples.FeatureCount)];
        if (initial == null)
            return parameters;
        Data.VBuffer<float>[] weights = null;
        initial.GetWeights(ref weights, out int classes);
        Check.That(classes == _classes && weights[0].Length == examples.FeatureCount, "modelParameters",
            $"The initial model has {classes} classes and {weights[0].Length} features; the data has {_classes} and "
                + $"{examples.FeatureCount}");
        int c = 0;
        foreach (float bias in initial.GetBiases())
            parameters[c++] = bias;
        for (c = 0; c < classes; c++)
        {
            foreach (var (feature, value) in weights[c].Items())
                parameters[_classes * (1 + feature) + c] = value;
        }
        return parameters;
    }

    internal MaximumEntropyModelParameters ToModel(double[] parameters)
    {
        var weights = new float[_classes][];
        for (int c = 0; c < _classes; c++)
        {
            weights[c] = new float[examples.FeatureCount];
            for (int f = 0; f < examples.FeatureCount; f++)
                weights[c][f] = (float)parameters[_classes * (1 + f) + c];
        }
        return new(weights, parameters[.._classes].Select(b => (float)b).ToArray());
    }

    /// <summary>The loss, and its gradient into <paramref name="gradient"/>.</summary>
    internal double Evaluate(double[] parameters, double[] gradient)
    {
        Array.Clear(gradient);
        var scores = new double[_classes];
        double loss = 0;
        foreach (var (indices, values, label, weight) in examples.Rows)
        {
            parameters.AsSpan(0, _classes).CopyTo(scores);
            for (int i = 0; i < indices.Length; i++)
                VectorMath.AddScaled(scores, values[i], parameters.AsSpan(_classes * (1 + indices[i]), _classes));
            loss += weight * ToDerivatives(scores, label);
            VectorMath.AddScaled(gradient.AsSpan(0, _classes), weight, scores);
            for (int i = 0; i < indices.Length; i++)
                VectorMath.AddScaled(gradient.AsSpan(_classes * (1 + indices[i]), _classes), weight * values[i], scores);
        }
        var weights = parameters.AsSpan(_classes);
        loss += l2 / 2 * VectorMath.Dot(weights, weights);
        VectorMath.AddScaled(gradient.AsSpan(_classes), l2, weights);
        VectorMath.Scale(gradient, 1 / examples.TotalWeight);
        return loss / examples.TotalWeight;
    }

    /// <summary>Turns scores into the derivatives of −log softmax[label] by them, softmax − onehot, and gives its value.</summary>
    private static double ToDerivatives(double[] scores, int label)
    {
        double largest = scores.Max();
        double own = scores[label] - largest;
        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
            sum += scores[i] = Math.Exp(scores[i] - largest);
        VectorMath.Scale(scores, 1 / sum);
        scores[label] -= 1;
        return Math.Log(sum) - own;
    }
}
