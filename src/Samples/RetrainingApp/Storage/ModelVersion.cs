namespace Samples.RetrainingApp.Storage;

/// <summary>A model that was trained, and how it did.</summary>
/// <param name="File">Name of its files, without their endings.</param>
/// <param name="Hash">Of the .zip file.</param>
/// <param name="Parent">The version it went on from; null for a first one.</param>
/// <param name="Classes">In the order of its scores.</param>
/// <param name="TrainedOn">Images.</param>
/// <param name="HeldOut">Images it was judged on.</param>
/// <param name="Correct">How many of those it was right about.</param>
/// <param name="Verdict">In words.</param>
/// <param name="Proven">Whether it was not worse than the one in service then.</param>
/// <param name="Served">When it last went into service; null for never.</param>
internal sealed record ModelVersion(
    long Id, string File, string Hash, string Made, long? Parent, IReadOnlyList<string> Classes, int TrainedOn, int HeldOut, int Correct, string Verdict, bool Proven, string? Served);
