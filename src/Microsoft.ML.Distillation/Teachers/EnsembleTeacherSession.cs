using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Loaded teachers side by side, each matched to the student's classes by itself.</summary>
internal sealed class EnsembleTeacherSession : TeacherSession
{
    private const double LargestPixel = 255;
    private readonly List<OpenedTeacher> _members = [];
    private readonly IReadOnlyList<double> _weights;
    private readonly TeacherParts _parts;
    private readonly int _classes;

    /// <param name="weights">One for each member, Σ = 1.</param>
    public EnsembleTeacherSession(IReadOnlyList<Teacher> members, IReadOnlyList<double> weights, TeacherSettings settings)
    {
        (_weights, _parts, _classes) = (weights, settings.Parts, settings.Classes.Count);
        try
        {
            // Everything but logits is the first member's: the others would run for nothing.
            _members.Add(OpenedTeacher.Open(members[0], settings, settings.Classes));
            var rest = settings with { Parts = settings.Parts & ~(TeacherParts.Features | TeacherParts.Embedding) };
            foreach (var member in HasLogits ? members.Skip(1) : [])
                _members.Add(OpenedTeacher.Open(member, rest, settings.Classes));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The smallest size that is no smaller than any member's.</summary>
    public override ImageSize? InputSize
    {
        get
        {
            var sizes = Sessions.Select(s => s.InputSize).OfType<ImageSize>().ToList();
            return sizes.Count == 0 ? null : new ImageSize(sizes.Max(s => s.Width), sizes.Max(s => s.Height));
        }
    }

    public override int ClassCount => _classes;

    public override long? ParameterCount => Sum(s => s.ParameterCount);

    public override long? ModelBytes => Sum(s => s.ModelBytes);

    public override bool CanDifferentiate => Sessions.All(s => s.CanDifferentiate);

    public override bool InLabelOrder => true;

    public override bool ScoredBeforehand => Sessions.Any(s => s.ScoredBeforehand);

    public override bool LooksAtPixels => Sessions.Any(s => s.LooksAtPixels);

    public override IReadOnlyList<OpenedTeacher> Members => _members;

    private bool HasLogits => (_parts & TeacherParts.Logits) != 0;

    private IEnumerable<TeacherSession> Sessions => _members.Select(m => m.Session);

    public override OutputShape Describe(ImageSize stored) => _members[0].Describe(stored) with { Classes = HasLogits ? _classes : null };

    public override ModelOutput Forward(Tensor pixels) => Forward(pixels, []);

    public override ModelOutput Forward(Tensor pixels, IReadOnlyList<int> rows)
    {
        // Members look at the pixels in ways of their own: gradients by the input are by what they share.
        var input = (_parts & TeacherParts.Gradients) != 0 && CanDifferentiate ? (pixels / LargestPixel).detach().requires_grad_() : null;
        var shown = input is null ? pixels : input * LargestPixel;
        var outputs = _members.Select(m => m.Forward(shown, rows)).ToList();
        var mixed = outputs[0] with { Logits = null, Input = input, Members = HasLogits ? [.. outputs.SelectMany(Weighted)] : [] };
        return HasLogits ? mixed with { Logits = mixed.LogProbabilities(1) } : mixed;
    }

    public override void Dispose()
    {
        // Last opened, first closed: two members may borrow the same module.
        foreach (var member in Enumerable.Reverse(_members))
            member.Dispose();
    }

    // A member that is an ensemble itself counts by its own members: a mean of means.
    private IEnumerable<(Tensor Logits, double Weight)> Weighted(ModelOutput output, int index) => output.Members.Count == 0
        ? [(output.Logits!, _weights[index])]
        : output.Members.Select(m => (m.Logits, m.Weight * _weights[index]));

    private long? Sum(Func<TeacherSession, long?> value) => Sessions.Aggregate((long?)0, (sum, session) => sum + value(session));
}
