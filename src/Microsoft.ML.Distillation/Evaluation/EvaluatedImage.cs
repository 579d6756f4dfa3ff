namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>An object in an image.</summary>
/// <param name="Class">From 0.</param>
/// <param name="X">Left edge, pixels.</param>
/// <param name="Y">Upper edge, pixels.</param>
/// <param name="Area">Square pixels, of the box or of the object's outline: what small, medium and large go by.</param>
/// <param name="Crowd">The box holds a crowd: detections in it are neither right nor wrong.</param>
internal readonly record struct TrueObject(int Class, double X, double Y, double Width, double Height, double Area, bool Crowd = false)
{
    public TrueObject(int @class, double x, double y, double width, double height) : this(@class, x, y, width, height, width * height)
    {
    }
}

/// <summary>What a detector says: a class from 0, a box in pixels, and how sure it is.</summary>
internal readonly record struct DetectedObject(int Class, double X, double Y, double Width, double Height, double Score);

/// <summary>What is in an image, and what was found. The order of detections decides between equal scores.</summary>
internal sealed record EvaluatedImage(TrueObject[] Objects, DetectedObject[] Detections);
