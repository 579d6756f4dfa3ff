using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Checkup;

/// <summary>What a teacher said of a sample of images.</summary>
internal sealed class TeacherOutputs
{
    /// <param name="rows">Images in the sample.</param>
    /// <param name="shape">What the teacher gives.</param>
    public TeacherOutputs(int rows, OutputShape shape, IReadOnlyList<double> temperatures)
    {
        Predicted = shape.Classes is null ? [] : new int[rows];
        Softened = shape.Classes is { } classes ? [.. temperatures.Distinct().Order().Select(t => new SoftenedOutputs(t, classes))] : [];
        Vectors =
        [
            .. shape.Features.Select(map => new SampleVectors($"map {map.Name}", map.Channels, new float[rows * map.Channels])),
            .. shape.Embedding is { } length ? [new SampleVectors("the embedding", length, new float[rows * length])] : Array.Empty<SampleVectors>(),
        ];
    }

    /// <summary>Row by row the class taken for the most likely one; empty without logits.</summary>
    public int[] Predicted { get; }

    /// <summary>By temperature, rising; empty without logits.</summary>
    public IReadOnlyList<SoftenedOutputs> Softened { get; }

    /// <summary>The feature maps, shallowest first, and last the embedding, if they were wanted.</summary>
    public IReadOnlyList<SampleVectors> Vectors { get; }

    /// <summary>Whether all logits are numbers.</summary>
    public bool Finite { get; set; } = true;
}

/// <summary>A vector for every image of a sample.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Values">Row after row.</param>
internal sealed record SampleVectors(string Name, int Length, float[] Values);

/// <summary>How far a teacher's outputs are spread over the classes at a temperature, on average over a sample.</summary>
internal sealed class SoftenedOutputs(double temperature, int classes)
{
    private double _entropies, _highest;
    private int _rows;

    public double Temperature => temperature;

    /// <summary>Mean entropy in nats: 0 for outputs that name one class, <see cref="MostEntropy"/> for those that tell all classes alike.</summary>
    public double Entropy => _entropies / _rows;

    /// <summary>ln C.</summary>
    public double MostEntropy { get; } = Math.Log(classes);

    /// <summary>Mean entropy as a share of the largest there can be, 0…1.</summary>
    public double Share => Entropy / MostEntropy;

    /// <summary>Mean probability of the likeliest class.</summary>
    public double Highest => _highest / _rows;

    public void Add(double entropies, double highest, int rows)
    {
        _entropies += entropies;
        _highest += highest;
        _rows += rows;
    }
}
