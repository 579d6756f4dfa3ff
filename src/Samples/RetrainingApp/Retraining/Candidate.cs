namespace Samples.RetrainingApp.Retraining;

/// <summary>A model that was trained and written, and is not listed yet.</summary>
/// <param name="File">Name of its files.</param>
/// <param name="Hash">Of its .zip file.</param>
/// <param name="ResumedAt">The training step it went on from after a restart; 0 for none.</param>
internal sealed record Candidate(string File, string Hash, IReadOnlyList<string> Classes, long ResumedAt);
