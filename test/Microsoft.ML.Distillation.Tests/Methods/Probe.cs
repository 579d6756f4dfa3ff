using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>A method that teaches nothing and shows a test what methods are given.</summary>
internal sealed class Probe(string name, BatchParts uses, Action<LossInput>? see = null) : DistillationMethod
{
    public override string Name => name;

    internal override BatchParts Uses => uses;

    internal override void Validate(Faults faults)
    {
    }

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(see);

    private sealed class Loss(Action<LossInput>? see) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            see?.Invoke(input);
            return [new("probe", input.Student.Logits!.sum() * 0, 1)];
        }
    }
}
