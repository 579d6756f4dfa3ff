namespace Samples.RetrainingApp.Storage;

/// <summary>A model that was trained, and how it did.</summary>
/// <param name="File">Name of its files, without their endings.</param>
/// <param name="Hash">Of the .zip file.</param>
/// <param name="Parent">The version it went on from; null for a first one.</param>
/// <param name="Classes">In the order of its scores.</param>
/// <param name="TrainedOn">Images.</param>
/// <param name="HeldOut">Images it was judged on.</param>
/// <param name="Correct">How many of those it was right about, where that can be counted.</param>
/// <param name="Verdict">In words.</param>
/// <param name="Proven">Whether it was not worse than the one in service then.</param>
/// <param name="Served">When it last went into service, or out of it; null for never.</param>
/// <param name="Score">The share of held-out images it was right about, or mAP on them, 0…1; null where there was nothing to measure by.</param>
/// <param name="Removed">When its files were deleted; null while it has them.</param>
internal sealed record ModelVersion(
    long Id, string File, string Hash, string Made, long? Parent, IReadOnlyList<string> Classes, int TrainedOn, int HeldOut, int Correct, string Verdict, bool Proven, string? Served,
    double? Score = null, string? Removed = null);
