using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>What methods leave behind from step to step, by figures of the whole process: these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class MethodMemoryTests
{
    public static TheoryData<DistillationMethod> Methods() =>
        [new DecoupledDistillation(), new SelfAttentionDistillation { Start = 0 }, new DeepSupervision(), new BeYourOwnTeacher()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void NoTensorOutlivesAStep(DistillationMethod method)
    {
        var tensors = new Dictionary<long, long>();
        var listener = new Listener(p =>
        {
            if (p.Phase == DistillationPhase.Training && p.Step > 0)
                tensors[p.Step] = Tensor.TotalCount;
        });
        var options = Quick.Options(method.Needs == TeacherParts.None ? null : ColourTeacher.Named(Drawn.Classes), epochs: 10, progress: listener);
        options.Methods.Clear();
        options.Methods.Add(method);

        using var student = Quick.Fit(options, Drawn.Rows(32));

        Assert.Contains(20, tensors.Keys);
        Assert.All(tensors.Where(t => t.Key > 4), t => Assert.Equal(tensors[20], t.Value));
    }
}
