using Microsoft.ML.Distillation;
using Samples.Common;

namespace Samples.ImageClassification;

/// <summary>What the command line says.</summary>
internal sealed class SampleOptions
{
    /// <summary>A folder or zip of images; null: the sample draws its own.</summary>
    public string? Data { get; set; }

    /// <summary>Training images of the student, evenly by class; null: all (1,000 of the drawn ones).</summary>
    public int? Limit { get; set; }

    /// <summary>An .onnx file, or the name of an architecture to train a teacher of.</summary>
    public string Teacher { get; set; } = "resnet20";

    /// <summary>The teacher's classes in its own order; null: what the file says, or else the labels' order.</summary>
    public IReadOnlyList<string>? TeacherClasses { get; set; }

    /// <summary>Null: what the file says, or else the preset that agrees best with the training images.</summary>
    public ImageNormalization? TeacherNormalization { get; set; }

    public ImageClassifier Student { get; set; } = ImageClassifier.ResNet8;

    /// <summary>Null: 20 on drawn images, 10 on others.</summary>
    public int? Epochs { get; set; }

    /// <summary>Of a teacher trained here; null: 5 on drawn images, else the student's.</summary>
    public int? TeacherEpochs { get; set; }

    public double Temperature { get; set; } = 4;

    public double Alpha { get; set; } = .9;

    /// <summary>Of the first run; the others count on from it.</summary>
    public int Seed { get; set; } = 1;

    public int Seeds { get; set; } = 1;

    /// <summary>Null: 32 on drawn images, which are few; 128 on others.</summary>
    public int? Batch { get; set; }

    public string Out { get; set; } = OutputFolder.Default("sample");

    public Precision Precision { get; set; }

    /// <summary>Null: all cores.</summary>
    public int? Threads { get; set; }

    public bool Help { get; set; }

    public bool TeacherIsFile => Teacher.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) || File.Exists(Teacher);
}
