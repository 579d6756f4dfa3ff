using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Distillation;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;

namespace Benchmarks;

/// <summary>A benchmark's teacher of detectors: a file, or trained once, and kept in the output folder for every sitting of the benchmark to learn from the very same one.</summary>
internal sealed class KeptDetectorTeacher
{
    private readonly SampleOptions _options;
    private readonly Dataset _dataset;
    private readonly Training _training;
    private readonly string _data, _taught;
    private readonly Lazy<DetectorStudentTeacher> _teacher;

    public KeptDetectorTeacher(SampleOptions options, Dataset dataset, Training training)
    {
        (_options, _dataset, _training) = (options, dataset, training);
        _data = $"{dataset.Name}, {training.Size}×{training.Size}, data seed {options.Seed}";
        _taught = options.TeacherIsFile
            ? $"{Path.GetFileName(options.Teacher)} ({Hash(File.ReadAllBytes(options.Teacher))})"
            : $"{options.Teacher} of {dataset.Train.Count} images and {training.TeacherEpochs} epochs";
        _teacher = new Lazy<DetectorStudentTeacher>(Make);
    }

    /// <summary>Made when it is first asked for: it takes time, and where every run is there already none is needed.</summary>
    public DetectorStudentTeacher Value => _teacher.Value;

    /// <summary>What must be equal for two runs of a student on so many images to be comparable.</summary>
    public string SettingOf(int images)
        => $"{_data}, {images} images, {_options.Student.Name} from {_taught}, {_training.Epochs} epochs of batches of {_training.BatchSize}{(_options.Precision == Precision.Float32 ? "" : $", {_options.Precision}")}";

    private DetectorStudentTeacher Make()
    {
        if (_options.TeacherIsFile)
            return DetectorStudentTeacher.FromOnnx(_options.Teacher);
        var kept = Path.Combine(_options.Out, $"teacher-{Hash(Encoding.UTF8.GetBytes($"{_data}, {_taught}"))}.onnx");
        if (!File.Exists(kept))
        {
            using var trained = _training.Fit("Training the teacher", _dataset.Train, ObjectDetector.Parse(_options.Teacher), _options.Seed, _training.TeacherEpochs);
            trained.Detector.SaveAsOnnx(kept);
        }
        return DetectorStudentTeacher.FromOnnx(kept);
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..8];
}
