using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Weights of YOLO's three terms, for three levels, 80 classes and 640×640 pixels.</summary>
internal readonly record struct YoloGains(double Box, double Objectness, double Class)
{
    private const double Levels = 3, Classes = 80, Pixels = 640 * 640;

    /// <summary>The weights for other counts and sizes.</summary>
    public YoloGains For(int levels, int classes, double pixels) =>
        new(Box * Levels / levels, Objectness * pixels / Pixels * Levels / levels, Class * classes / Classes * Levels / levels);

    public void Validate(string owner, Faults faults)
    {
        faults.NotNegative($"{owner}.BoxGain", Box);
        faults.NotNegative($"{owner}.ObjectnessGain", Objectness);
        faults.NotNegative($"{owner}.ClassGain", Class);
    }
}
