using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>A case of test/goldens/make_knowledge_distillation.py.</summary>
internal sealed class KnowledgeDistillationGolden
{
    public required long[] Shape { get; init; }

    public required double Temperature { get; init; }

    public required double Alpha { get; init; }

    public required double[] Student { get; init; }

    public required double[] Teacher { get; init; }

    public required long[] Labels { get; init; }

    public required double Divergence { get; init; }

    public required double[] Gradient { get; init; }

    public required double Total { get; init; }

    public required double[] TotalGradient { get; init; }

    public Tensor StudentLogits(ScalarType type) => tensor(Student, Shape).to(type).requires_grad_();

    public Tensor TeacherLogits(ScalarType type) => tensor(Teacher, Shape).to(type);
}
