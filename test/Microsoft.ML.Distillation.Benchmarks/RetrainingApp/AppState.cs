using System.Text.Json.Serialization;

namespace Benchmarks.RetrainingApp;

/// <summary>What the app's page is told.</summary>
internal sealed record AppState(AppProgress Progress, long? Service, string[] Classes, AppCounts Counts, AppVersion[] Versions, AppRun? Run, AppImage[] Images);

internal sealed record AppProgress(long Revision, string State, string Message, long Run, int Epoch, long Step, long Steps, double Share);

internal sealed record AppCounts(long Images, long Labelled, long HeldOut);

internal sealed record AppVersion(
    long Id, string File, string Hash, long? Parent, string[] Classes, int TrainedOn, int HeldOut, int Correct, double? Score, string Verdict, bool Proven, string? Served, string? Removed);

internal sealed record AppRun(long Id, string State, long ResumedAt, string? Message, long? Version);

internal sealed record AppImage(string Id, string Name, string? Predicted, string? Label, bool? HeldOut);

internal sealed record AppAnswer(long Version, string Label, AppScore[] Scores);

internal sealed record AppScore(string Label, float Score);

/// <summary>What a detector says.</summary>
internal sealed record AppFound(long Version, AppBox[] Boxes);

/// <summary>What a person said; null for nothing yet.</summary>
internal sealed record AppBoxes(int Width, int Height, bool? HeldOut, AppBox[]? Boxes);

/// <param name="Score">Of a detector's.</param>
internal sealed record AppBox(string Label, double X0, double Y0, double X1, double Y1, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Score = null);
