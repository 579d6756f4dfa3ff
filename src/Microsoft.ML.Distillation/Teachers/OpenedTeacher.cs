using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>A loaded teacher whose logits come in the order of the labels' classes.</summary>
internal sealed class OpenedTeacher : IDisposable
{
    private readonly TeacherSession _session;
    private readonly Tensor? _match;

    private OpenedTeacher(TeacherSession session, Tensor? match) => (_session, _match) = (session, match);

    public TeacherSession Session => _session;

    /// <exception cref="InvalidDataException">The teacher can't be used, or not with these classes.</exception>
    public static OpenedTeacher Open(Teacher teacher, TeacherSettings settings, IReadOnlyList<string> classes)
    {
        var session = teacher.Open(settings);
        try
        {
            using var scope = NewDisposeScope();
            var match = ClassMatch.Find(teacher.Name, teacher.ClassNames, session.ClassCount, classes);
            return new OpenedTeacher(
                session, match is null ? null : tensor(match.Select(m => (long)m).ToArray()).to(settings.Device).DetachFromDisposeScope());
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <param name="pixels">RGB 0…255, float N×3×H×W of the stored size.</param>
    public ModelOutput Forward(Tensor pixels)
    {
        using var noGrad = no_grad();
        var output = _session.Forward(pixels);
        return output.Logits is null || _match is null ? output : output with { Logits = output.Logits.index_select(1, _match) };
    }

    public void Dispose()
    {
        _match?.Dispose();
        _session.Dispose();
    }
}
