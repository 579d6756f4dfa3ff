using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// What a teacher found on the training images, kept beside a run's checkpoints: on another device, or with another version of a library, it would not find it again bit for bit, and the anchors that are fitted
/// to it would be others too.
/// </summary>
/// <param name="given">The training images with their own labels.</param>
internal sealed class KeptLabels(
    CheckpointFolder? folder, PseudoLabelOptions wanted, OpenedDetectorTeacher teacher, DetectionData given, IReadOnlyList<string> classes, Device device, Action<string> warn)
{
    public const string FileName = "training.labels";
    private const string Counts = "counts", Classes = "classes", Boxes = "boxes", Confidences = "confidences";

    private readonly Dictionary<string, string> _identity = folder is null ? [] : new()
    {
        ["PseudoLabels"] = wanted.Identity,
        ["Classes"] = string.Join(", ", classes),
        ["Teacher"] = RunIdentity.Teacher(teacher.Teacher.Identity, teacher.Session.ParameterCount, teacher.Session.ModelBytes),
        ["Training images"] = given.Fingerprint(),
    };

    private readonly IReadOnlyList<double> _teacherSample = folder is null ? [] : FoundByTeacher.Sample(teacher.Session, given.Pixels, device);
    private bool _isAnothers;

    /// <summary>The labels that the run in the folder began with; null where there is none, or it is another run.</summary>
    public BoxStore? Read()
    {
        try
        {
            if (folder?.FindKept(FileName) is not var (contents, tensors))
                return null;
            _isAnothers = RunIdentity.Differences(contents, _identity, _teacherSample).Count > 0;
            var labels = _isAnothers ? null : Read(tensors);
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            return labels;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or JsonException or UnauthorizedAccessException)
        {
            warn($"The labels that the run in '{folder!.Name}' began with can't be read: {error.Message} The teacher is asked again.");
            return null;
        }
    }

    /// <summary>Keeps labels for when the run goes on; those of a checkpoint's run stay, if that is another.</summary>
    public void Write(BoxStore labels)
    {
        if (folder is null || labels.ObjectCount == 0 || (_isAnothers && folder.Found is not null))
            return;
        using var scope = NewDisposeScope();
        var tensors = Tensors(labels);
        try
        {
            folder.Keep(
                FileName, new Checkpoint(_identity, _teacherSample, Versions.All, new TrainingRecord(), [.. tensors.Select(t => TensorEntry.Of(t.Name, t.Value))]), tensors.Select(t => t.Value));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warn($"The teacher's labels can't be written to '{folder.Name}': {error.Message} The run goes on; to be resumed, it needs a device on which the teacher finds the very same.");
        }
    }

    private static List<(string Name, Tensor Value)> Tensors(BoxStore labels)
    {
        int[] rows = [.. Enumerable.Range(0, labels.Count)];
        List<(string, Tensor)> tensors =
        [
            (Counts, tensor(rows.Select(row => (long)labels.Classes(row).Length).ToArray())),
            (Classes, tensor(rows.SelectMany(row => labels.Classes(row).ToArray()).Select(c => (long)c).ToArray())),
            (Boxes, tensor(rows.SelectMany(row => labels.Boxes(row).ToArray()).ToArray())),
        ];
        if (labels.HasConfidences)
            tensors.Add((Confidences, tensor(rows.SelectMany(row => labels.Confidences(row).ToArray()).ToArray())));
        return tensors;
    }

    private BoxStore Read(Dictionary<string, Tensor> tensors)
    {
        var (counts, classes, boxes) = (Values<long>(tensors[Counts]), Values<long>(tensors[Classes]), Values<float>(tensors[Boxes]));
        var confidences = tensors.TryGetValue(Confidences, out var sure) ? Values<float>(sure) : [];
        var labels = new BoxStore();
        var first = 0;
        for (var row = 0; row < counts.Length; row++)
        {
            var count = (int)counts[row];
            var own = Array.ConvertAll(classes[first..(first + count)], c => (int)c);
            labels.AddStored(given.Boxes.Letterbox(row), own, boxes.AsSpan(4 * first, 4 * count), confidences.Length == 0 ? [] : confidences.AsSpan(first, count));
            first += count;
        }
        return labels;
    }

    private static T[] Values<T>(Tensor values) where T : unmanaged => MemoryMarshal.Cast<byte, T>(values.bytes).ToArray();
}
