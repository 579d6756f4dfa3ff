using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// What contrastive distillation keeps beside the student: two embedding layers, and as buffers a bank of every training row's embedding a side, the
/// normalisers, and the last step's embeddings.
/// </summary>
/// <remarks>
/// A step's embeddings enter the banks when the next step begins: the backward pass still needs the banks as the forward pass saw them. Until there are any,
/// what waits is the banks' own values, so that entering them changes nothing but their length.
/// </remarks>
internal sealed class ContrastHelper : EmbeddingPair
{
    private static readonly string[] Sides = ["student", "teacher"];

    public ContrastHelper(LossContext context, int width) : base(context, width)
    {
        using var scope = NewDisposeScope();
        Keep("waiting_rows", arange(context.BatchSize, ScalarType.Int64));
        Keep("log_normalizers", full([2], float.NaN, ScalarType.Float32));
        for (var side = 0; side < Sides.Length; side++)
        {
            var bank = Initial(context, width, side);
            Keep($"waiting_{Sides[side]}", bank.narrow(0, 0, context.BatchSize).clone());
            Keep($"{Sides[side]}_bank", bank);
        }
    }

    public Tensor StudentBank => get_buffer("student_bank");

    public Tensor TeacherBank => get_buffer("teacher_bank");

    /// <summary>log Z of the student's and of the teacher's direction: NaN until the first batch has given them.</summary>
    public Tensor LogNormalizers => get_buffer("log_normalizers");

    /// <summary>Moves the last step's embeddings into the banks: <c>bank ← unit(momentum·bank + (1 − momentum)·embedding)</c>.</summary>
    public void Enter(double momentum)
    {
        using var noGrad = no_grad();
        var rows = get_buffer("waiting_rows");
        foreach (var side in Sides)
        {
            var bank = get_buffer($"{side}_bank");
            var mixed = bank.index_select(0, rows) * momentum + get_buffer($"waiting_{side}") * (1 - momentum);
            bank.index_copy_(0, rows, UnitLength.Of(mixed));
        }
    }

    /// <summary>Keeps a step's embeddings for the next one to enter.</summary>
    public void Wait(Tensor rows, Tensor student, Tensor teacher)
    {
        using var noGrad = no_grad();
        get_buffer("waiting_rows").copy_(rows);
        get_buffer("waiting_student").copy_(student);
        get_buffer("waiting_teacher").copy_(teacher);
    }

    private void Keep(string name, Tensor values) => register_buffer(name, values.DetachFromDisposeScope());

    // Uniform with a mean square of 1/width, so that vectors have about length 1.
    private static Tensor Initial(LossContext context, int width, int side)
    {
        var bound = Math.Sqrt(3.0 / width);
        var values = new float[(long)context.Labels.Count * width];
        var random = new CounterRandom(context.Seed, RandomPurpose.Negatives, -1, side);
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(bound * (2 * random.NextDouble() - 1));
        return tensor(values, [context.Labels.Count, width]);
    }
}
