using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>Trained 1×1 convolutions that bring a detector's maps to another's channels, level by level, where these differ.</summary>
internal sealed class LevelAdapters : nn.Module
{
    private readonly Conv?[] _adapters;

    public LevelAdapters(IReadOnlyList<MapShape> from, IReadOnlyList<MapShape> to) : base(nameof(LevelAdapters))
    {
        _adapters = [.. from.Zip(to, (one, other) => one.Channels == other.Channels ? null : new Conv(one.Channels, other.Channels, 1, 1, bias: true))];
        for (var i = 0; i < _adapters.Length; i++)
        {
            if (_adapters[i] is { } adapter)
                register_module($"{i}", adapter);
        }
    }

    /// <summary>Whether there is anything to train.</summary>
    public bool Any => _adapters.Any(adapter => adapter is not null);

    public Tensor Adapt(int level, Tensor map) => _adapters[level]?.call(map) ?? map;

    /// <summary>Reports detectors whose levels are not as many.</summary>
    public static bool CheckLevels(string method, DetectionLossContext context, Faults faults)
    {
        var (student, teacher) = (context.Student.Features, context.Teacher!.Features);
        faults.AddIf(
            student.Count != teacher.Count,
            $"{method} compares the necks' feature maps level by level, and the student has {StagePair.List(student)}, the teacher {StagePair.List(teacher)}: name as many of the teacher's.");
        return student.Count == teacher.Count;
    }
}
