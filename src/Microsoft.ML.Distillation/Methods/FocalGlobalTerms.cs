using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>FGD's terms of one level, each a scalar.</summary>
internal sealed record FocalGlobalTerms(Tensor Foreground, Tensor Background, Tensor Attention, Tensor Relation)
{
    /// <param name="student">The student's map in the teacher's channels, N×C×H×W.</param>
    /// <param name="teacher">The teacher's map, N×C×H×W, without gradient.</param>
    /// <param name="masks">Foreground and background, N×H×W each.</param>
    /// <param name="studentContext">The student's global context block.</param>
    /// <param name="teacherContext">The teacher's.</param>
    /// <param name="temperature">T.</param>
    public static FocalGlobalTerms Compute(
        Tensor student, Tensor teacher, (Tensor Foreground, Tensor Background) masks, Func<Tensor, Tensor> studentContext, Func<Tensor, Tensor> teacherContext, double temperature)
    {
        var images = student.shape[0];
        var (places, channels) = (Places(teacher, temperature), Channels(teacher, temperature));
        // The masks and attentions are constant factors of the squared difference; the authors put their roots inside the square.
        var error = ((student - teacher).square() * channels.unsqueeze(-1).unsqueeze(-1)).sum(1) * places;
        var attention = (Places(student, temperature) - places).abs().sum() + (Channels(student, temperature) - channels).abs().sum();
        var relation = (studentContext(student) - teacherContext(teacher)).square().sum();
        return new FocalGlobalTerms((error * masks.Foreground).sum() / images, (error * masks.Background).sum() / images, attention / images, relation / images);
    }

    /// <summary>How much a map attends to each place: H·W·softmax over places of (mean over channels of |F|) / T, N×H×W.</summary>
    public static Tensor Places(Tensor map, double temperature)
    {
        var strength = map.abs().mean([1]);
        return ((strength.flatten(1) / temperature).softmax(1) * (map.shape[2] * map.shape[3])).reshape(strength.shape);
    }

    /// <summary>How much it attends to each channel: C·softmax over channels of (mean over places of |F|) / T, N×C.</summary>
    public static Tensor Channels(Tensor map, double temperature) => (map.abs().mean([2, 3]) / temperature).softmax(1) * map.shape[1];
}
