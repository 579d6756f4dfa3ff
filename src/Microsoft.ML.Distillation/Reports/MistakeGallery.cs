using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>Pictures of the images a student gets wrong with most confidence.</summary>
/// <param name="folder">For files that don't outlive a call.</param>
internal sealed class MistakeGallery(HeldOutImages images, IReadOnlyList<string> classNames, string folder)
{
    private const int Most = 12, LongestSide = 128;
    private readonly ImageSize _size = Fit(images.Store.Size);

    /// <param name="teacher">What the teacher says of the same images; null where it wasn't asked.</param>
    /// <param name="studentMaps">From pixels and rows to feature maps.</param>
    /// <param name="teacherMaps">The same of the teacher; null where it has none.</param>
    public IReadOnlyList<Mistake> Show(
        ClassScores student, ClassScores? teacher, Func<Tensor, IReadOnlyList<int>, ModelOutput> studentMaps, Func<Tensor, IReadOnlyList<int>, ModelOutput>? teacherMaps) =>
        [.. student.WorstMistakes(Most).Select(row => Show(row, student, teacher, studentMaps, teacherMaps))];

    private Mistake Show(
        int row, ClassScores student, ClassScores? teacher, Func<Tensor, IReadOnlyList<int>, ModelOutput> studentMaps, Func<Tensor, IReadOnlyList<int>, ModelOutput>? teacherMaps)
    {
        var mistake = new Mistake
        {
            Row = row,
            Label = classNames[student.Labels[row]],
            Predicted = classNames[student.Predicted[row]],
            Confidence = student.Confidences[row],
            Teacher = teacher is null ? null : classNames[teacher.Predicted[row]],
        };
        images.Visit([row], (pixels, asked, _) =>
        {
            var planes = Thumbnail(pixels);
            mistake = mistake with
            {
                Image = PngFile.Encode(planes, _size, folder),
                StudentAttention = Attention(planes, studentMaps(pixels, asked)),
                TeacherAttention = teacherMaps is null ? null : Attention(planes, teacherMaps(pixels, asked)),
            };
        });
        return mistake;
    }

    private byte[]? Attention(float[] planes, ModelOutput output) => output.Features.Count == 0
        ? null
        : PngFile.Encode(AttentionPicture.Overlay(planes, AttentionPicture.Map(output.Features, _size)), _size, folder);

    private float[] Thumbnail(Tensor pixels)
    {
        using var view = new PixelTransforms(images.Store.Size, _size, ImageNormalization.Raw, pixels.device);
        return MemoryMarshal.Cast<byte, float>(view.Apply(pixels).cpu().contiguous().bytes).ToArray();
    }

    private static ImageSize Fit(ImageSize size)
    {
        var scale = Math.Min(1, LongestSide / (double)Math.Max(size.Width, size.Height));
        return new ImageSize(Math.Max(1, (int)Math.Round(size.Width * scale)), Math.Max(1, (int)Math.Round(size.Height * scale)));
    }
}
