using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>Two trained linear layers that bring the student's and the teacher's embedding to one length.</summary>
internal class EmbeddingPair : nn.Module
{
    public EmbeddingPair(LossContext context, int width) : base(nameof(EmbeddingPair))
    {
        Student = new Dense(context.Student.Embedding!.Value, width);
        Teacher = new Dense(context.Teacher!.Embedding!.Value, width);
        register_module("student", Student);
        register_module("teacher", Teacher);
    }

    public Dense Student { get; }

    public Dense Teacher { get; }
}
