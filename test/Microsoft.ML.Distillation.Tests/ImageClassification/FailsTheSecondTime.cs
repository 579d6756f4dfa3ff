using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>A teacher that can be opened once.</summary>
internal sealed class FailsTheSecondTime(Teacher teacher) : Teacher
{
    private bool _opened;

    public override string Name => teacher.Name;

    public override IReadOnlyList<string>? ClassNames => teacher.ClassNames;

    internal override void Validate(Faults faults) => teacher.Validate(faults);

    internal override TeacherSession Open(TeacherSettings settings)
    {
        if (_opened)
            throw new InvalidDataException("gone");
        _opened = true;
        return teacher.Open(settings);
    }
}
