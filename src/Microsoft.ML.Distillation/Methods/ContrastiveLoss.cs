using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>The state and the steps of <see cref="ContrastiveDistillation"/>.</summary>
internal sealed class ContrastiveLoss(ContrastiveDistillation method, LossContext context) : DistillationLoss
{
    private readonly ContrastHelper _helper = context.Initialize(new ContrastHelper(context, method.Width));
    private readonly NegativeSampler _sampler = new(context.Labels, context.Seed);
    private readonly long _count = context.Labels.Count;

    public override nn.Module Helper => _helper;

    public override IReadOnlyList<LossTerm> Compute(LossInput input)
    {
        _helper.Enter(method.Momentum);
        var student = UnitLength.Of(_helper.Student.call(input.Student.Embedding!));
        var teacher = UnitLength.Of(_helper.Teacher.call(input.Teacher!.Embedding!.detach()));
        var places = Places(input).UploadTo(student.device);
        var ofStudent = ContrastiveDistillation.Similarities(student, _helper.TeacherBank, places, method.Temperature);
        var ofTeacher = ContrastiveDistillation.Similarities(teacher, _helper.StudentBank, places, method.Temperature);
        Normalize(ofStudent, ofTeacher);
        var normalizers = _helper.LogNormalizers.clone();
        var term = ContrastiveDistillation.Contrast(ofStudent, normalizers.select(0, 0), _count)
            + ContrastiveDistillation.Contrast(ofTeacher, normalizers.select(0, 1), _count);
        _helper.Wait(places.select(1, 0), student, teacher);
        return [new("crd", term, method.Weight)];
    }

    // The first batch's estimate stays; told by NaN on the device, which costs no synchronisation.
    private void Normalize(Tensor ofStudent, Tensor ofTeacher)
    {
        using var noGrad = no_grad();
        var known = _helper.LogNormalizers;
        var fresh = stack([ContrastiveDistillation.LogNormalizer(ofStudent, _count), ContrastiveDistillation.LogNormalizer(ofTeacher, _count)]);
        known.copy_(where(known.isnan(), fresh, known));
    }

    /// <summary>The rows themselves and their negatives, N×(K + 1).</summary>
    private Tensor Places(LossInput input)
    {
        var step = (long)Math.Round(input.Epoch * context.StepsPerEpoch);
        var length = method.Negatives + 1;
        var places = new long[input.Rows.Count * length];
        for (var i = 0; i < input.Rows.Count; i++)
        {
            places[i * length] = input.Rows[i];
            _sampler.Draw(input.Rows[i], step, places.AsSpan(i * length + 1, method.Negatives));
        }
        return tensor(places, [input.Rows.Count, length]);
    }
}
