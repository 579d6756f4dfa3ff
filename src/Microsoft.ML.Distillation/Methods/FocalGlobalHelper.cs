using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>What <see cref="FocalGlobalDistillation"/> trains beside the student: adapters, and two global context blocks a level, all in the teacher's channels.</summary>
internal sealed class FocalGlobalHelper : nn.Module
{
    private FocalGlobalHelper(DetectionLossContext context) : base(nameof(FocalGlobalHelper))
    {
        var teacher = context.Teacher!.Features;
        Adapters = new LevelAdapters(context.Student.Features, teacher);
        StudentContexts = [.. teacher.Select(map => new GlobalContextBlock(map.Channels))];
        TeacherContexts = [.. teacher.Select(map => new GlobalContextBlock(map.Channels))];
        register_module("adapters", Adapters);
        for (var i = 0; i < teacher.Count; i++)
        {
            register_module($"student{i}", StudentContexts[i]);
            register_module($"teacher{i}", TeacherContexts[i]);
        }
    }

    public LevelAdapters Adapters { get; }

    public IReadOnlyList<GlobalContextBlock> StudentContexts { get; }

    public IReadOnlyList<GlobalContextBlock> TeacherContexts { get; }

    public static FocalGlobalHelper Create(DetectionLossContext context)
    {
        var helper = context.Initialize(new FocalGlobalHelper(context));
        foreach (var block in helper.StudentContexts.Concat(helper.TeacherContexts))
            block.StartAsIdentity();
        return helper;
    }
}
