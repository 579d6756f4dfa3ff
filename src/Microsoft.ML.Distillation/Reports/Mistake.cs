namespace Microsoft.ML.Distillation;

/// <summary>A held-out image that the student got wrong.</summary>
public sealed record Mistake
{
    /// <summary>The image's place among the held-out ones, from 0.</summary>
    public required int Row { get; init; }

    /// <summary>What it shows.</summary>
    public required string Label { get; init; }

    /// <summary>What the student takes it for.</summary>
    public required string Predicted { get; init; }

    /// <summary>The probability the student gives that, 0…1.</summary>
    public required double Confidence { get; init; }

    /// <summary>What the teacher takes it for; null without a teacher that was measured.</summary>
    public string? Teacher { get; init; }

    /// <summary>The image as a PNG file, as it was stored for training, no larger than 128 pixels; not part of <c>report.json</c>.</summary>
    public byte[]? Image { get; init; }

    /// <summary>
    /// The image under the student's attention as a PNG file: Σ_c |F_c|² of the last two stages' feature maps, each scaled to 0…1 and brought to the image's size, their mean. Null where there are none.
    /// </summary>
    public byte[]? StudentAttention { get; init; }

    /// <summary>The same of the teacher's last two feature maps; null where it gives none.</summary>
    public byte[]? TeacherAttention { get; init; }
}
