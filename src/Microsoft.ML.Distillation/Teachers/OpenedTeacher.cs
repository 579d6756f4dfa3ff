using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>A loaded teacher whose logits come in the order of the labels' classes.</summary>
internal sealed class OpenedTeacher : IDisposable
{
    private readonly TeacherSession _session;
    private readonly Tensor? _match;
    private readonly TeacherParts _parts;

    private OpenedTeacher(Teacher teacher, IReadOnlyList<string>? names, TeacherSession session, Tensor? match, TeacherParts parts) =>
        (Teacher, ClassNames, _session, _match, _parts) = (teacher, names, session, match, parts);

    /// <summary>What was opened.</summary>
    public Teacher Teacher { get; }

    public string Name => Teacher.Name;

    /// <summary>The teacher's classes in the order of its own outputs; null where nobody named them.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    public TeacherSession Session => _session;

    /// <summary>This teacher, or those of its members, whose classes nobody named: only the order of their outputs says which is which.</summary>
    public IEnumerable<OpenedTeacher> Unnamed =>
        _session.Members.Count > 0 ? _session.Members.SelectMany(m => m.Unnamed) : ClassNames is not null ? [] : [this];

    /// <summary>What opening it, or its members, has shown.</summary>
    public IEnumerable<CheckupFinding> Notices => [.. new[] { _session.Notice }.OfType<CheckupFinding>(), .. _session.Members.SelectMany(m => m.Notices)];

    /// <summary>What <see cref="Forward(Tensor, IReadOnlyList{int}?)"/> gives, with logits over the labels' classes.</summary>
    public OutputShape Describe(ImageSize stored)
    {
        var shape = _session.Describe(stored);
        return new OutputShape(
            Has(TeacherParts.Logits) ? (int?)_match?.shape[0] ?? shape.Classes : null, Has(TeacherParts.Features) ? shape.Features : [], Has(TeacherParts.Embedding) ? shape.Embedding : null);
    }

    /// <exception cref="InvalidDataException">The teacher can't be used, or not with these classes.</exception>
    public static OpenedTeacher Open(Teacher teacher, TeacherSettings settings, IReadOnlyList<string> classes)
    {
        var session = teacher.Open(settings with { Classes = classes });
        try
        {
            if ((settings.Parts & TeacherParts.Gradients) != 0 && !session.CanDifferentiate)
            {
                throw new InvalidDataException($"{teacher.Name} gives no gradients, which a method learns from: take a teacher in TorchSharp (StudentTeacher, ModuleTeacher), or a method "
                    + "that does without, such as KnowledgeDistillation.");
            }
            using var scope = NewDisposeScope();
            var names = teacher.FindClassNames(settings.Rows);
            var match = (settings.Parts & TeacherParts.Logits) == 0 || session.InLabelOrder ? null : ClassMatch.Find(teacher.Name, names, session.ClassCount, classes);
            var places = match is null ? null : tensor(match.Select(m => (long)m).ToArray()).to(settings.Device).DetachFromDisposeScope();
            return new OpenedTeacher(teacher, names, session, places, settings.Parts);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <param name="pixels">RGB 0…255, float N×3×H×W of the stored size.</param>
    /// <param name="rows">Where the images come from in <see cref="TeacherSettings.Rows"/>; empty where the pixels are all there is.</param>
    public ModelOutput Forward(Tensor pixels, IReadOnlyList<int>? rows = null)
    {
        // What the network made in between ends here, not with the student's step.
        using var scope = NewDisposeScope();
        using var gradients = set_grad_enabled(Has(TeacherParts.Gradients));
        var output = _session.Forward(pixels, rows ?? []);
        if (output.Logits is not null && _match is not null)
        {
            output = output with
            {
                Logits = output.Logits.index_select(1, _match),
                Members = [.. output.Members.Select(m => (m.Logits.index_select(1, _match), m.Weight))],
            };
        }
        return Wanted(output).MoveToOuterDisposeScope();
    }

    /// <summary>The same for stored images: where they come from, the store knows.</summary>
    /// <param name="rows">Their places in <paramref name="store"/>.</param>
    public ModelOutput Forward(Tensor pixels, PixelStore store, IReadOnlyList<int> rows) => Forward(pixels, [.. rows.Select(store.Place)]);

    // A network in TorchSharp gives all it has; what nobody asked for is not to be kept, least of all in a cache.
    private ModelOutput Wanted(ModelOutput output)
    {
        var (logits, features, embedding) = (Has(TeacherParts.Logits), Has(TeacherParts.Features), Has(TeacherParts.Embedding));
        return output with
        {
            Logits = logits ? output.Logits : null,
            Members = logits ? output.Members : [],
            Features = features ? output.Features : [],
            Embedding = embedding ? output.Embedding : null,
            PreActivations = [],
        };
    }

    private bool Has(TeacherParts part) => (_parts & part) != 0;

    public void Dispose()
    {
        _match?.Dispose();
        _session.Dispose();
    }
}
