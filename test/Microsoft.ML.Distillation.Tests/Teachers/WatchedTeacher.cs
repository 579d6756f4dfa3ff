using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>A teacher that notes every image it is shown.</summary>
internal sealed class WatchedTeacher(Teacher teacher, List<string> shown) : Teacher
{
    public override string Name => teacher.Name;

    public override IReadOnlyList<string>? ClassNames => teacher.ClassNames;

    internal override void Validate(Faults faults) => teacher.Validate(faults);

    internal override TeacherSession Open(TeacherSettings settings) => new Session(teacher.Open(settings), shown);

    private sealed class Session(TeacherSession session, List<string> shown) : TeacherSession
    {
        public override ImageSize? InputSize => session.InputSize;

        public override int ClassCount => session.ClassCount;

        public override long? ParameterCount => session.ParameterCount;

        public override long? ModelBytes => session.ModelBytes;

        public override bool CanDifferentiate => session.CanDifferentiate;

        public override OutputShape Describe(ImageSize stored) => session.Describe(stored);

        public override ModelOutput Forward(Tensor pixels)
        {
            using (var scope = NewDisposeScope())
                shown.AddRange(Enumerable.Range(0, (int)pixels.shape[0]).Select(i => Convert.ToHexString(pixels[i].to(ScalarType.Byte).cpu().contiguous().bytes)));
            return session.Forward(pixels);
        }

        public override void Dispose() => session.Dispose();
    }
}
