namespace Samples.RetrainingApp.Storage;

/// <summary>An object on an image: its class, and its edges in pixels of the image as it is stored.</summary>
internal sealed record ObjectBox(string Label, double X0, double Y0, double X1, double Y1);
