namespace Benchmarks.RetrainingApp;

/// <summary>What the app's page is told.</summary>
internal sealed record AppState(AppProgress Progress, long? Service, string[] Classes, AppCounts Counts, AppVersion[] Versions, AppRun? Run, AppImage[] Images);

internal sealed record AppProgress(long Revision, string State, string Message, long Run, int Epoch, long Step, long Steps, double Share);

internal sealed record AppCounts(long Images, long Labelled, long HeldOut);

internal sealed record AppVersion(long Id, int TrainedOn, int HeldOut, int Correct, string Verdict, bool Proven, string? Served);

internal sealed record AppRun(long Id, string State, long ResumedAt, string? Message, long? Version);

internal sealed record AppImage(string Id, string Name, string? Predicted, string? Label, bool? HeldOut);

internal sealed record AppAnswer(long Version, string Label, AppScore[] Scores);

internal sealed record AppScore(string Label, float Score);
