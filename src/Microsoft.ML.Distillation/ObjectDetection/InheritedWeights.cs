using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>A student's first weights from its teacher.</summary>
internal static class InheritedWeights
{
    /// <summary>Copies weights and statistics of neck and head wherever name and shape are the same; what belongs to a class goes by the class's name, and others keep their own.</summary>
    /// <returns>How many tensors the student got, at least in part.</returns>
    public static int Copy(DetectorModule teacher, IReadOnlyList<string> teacherClasses, DetectorModule student, IReadOnlyList<string> classes)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var known = new ModuleTensors(teacher).Tensors.ToDictionary(t => t.Name, t => t.Value, StringComparer.Ordinal);
        List<(int From, int To)> pairs = [.. classes.Select((name, to) => (teacherClasses.ToList().IndexOf(name), to)).Where(pair => pair.Item1 >= 0)];
        var copied = 0;
        foreach (var (name, target) in new ModuleTensors(student).Tensors)
        {
            if (name.StartsWith("backbone.", StringComparison.Ordinal) || !known.TryGetValue(name, out var source) || !Fits(source, target, student.RowsByClass(name), teacherClasses.Count, classes.Count))
                continue;
            if (student.RowsByClass(name) is { } rows)
                rows.Copy(target, source.to(target.device), pairs);
            else
                target.copy_(source);
            copied++;
        }
        return copied;
    }

    private static bool Fits(Tensor source, Tensor target, HeadRows? rows, int from, int to)
    {
        if (rows is null)
            return source.shape.SequenceEqual(target.shape);
        return source.shape[1..].SequenceEqual(target.shape[1..])
            && source.shape[0] == rows.Groups * (rows.Shared + from) && target.shape[0] == rows.Groups * (rows.Shared + to);
    }
}
