using Microsoft.ML.Distillation;
using Samples.Common;

namespace Samples.ObjectDetection;

/// <summary>What the command line says.</summary>
internal sealed class SampleOptions
{
    /// <summary>A folder or zip of annotated images; null: the sample draws its own.</summary>
    public string? Data { get; set; }

    /// <summary>Training images of the student; null: all (300 of the drawn ones).</summary>
    public int? Limit { get; set; }

    /// <summary>An .onnx file that this library exported, or the name of an architecture to train a teacher of.</summary>
    public string Teacher { get; set; } = "yolov5s";

    public ObjectDetector Student { get; set; } = ObjectDetector.YoloV5n;

    /// <summary>Height and width of the student's input; null: 128 on drawn images, 320 on others.</summary>
    public int? Size { get; set; }

    /// <summary>Null: 30.</summary>
    public int? Epochs { get; set; }

    /// <summary>Of a teacher trained here; null: 20 on drawn images, else the student's.</summary>
    public int? TeacherEpochs { get; set; }

    public MethodChoice Method { get; set; } = MethodChoice.Default;

    /// <summary>Of the first run; the others count on from it.</summary>
    public int Seed { get; set; } = 1;

    public int Seeds { get; set; } = 1;

    /// <summary>Null: 8 on drawn images, which are few; 16 on others.</summary>
    public int? Batch { get; set; }

    public string Out { get; set; } = OutputFolder.Default("detection");

    public Precision Precision { get; set; }

    /// <summary>Null: all cores.</summary>
    public int? Threads { get; set; }

    public bool Help { get; set; }

    /// <summary>The most training images the student gets.</summary>
    public int MostRows => Limit ?? (Data is null ? 300 : int.MaxValue);

    public bool TeacherIsFile => Teacher.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) || File.Exists(Teacher);
}
