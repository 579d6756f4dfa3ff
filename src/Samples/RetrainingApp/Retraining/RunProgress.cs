namespace Samples.RetrainingApp.Retraining;

/// <summary>Where the app stands, as its page shows it.</summary>
/// <param name="Revision">Changes with whatever the page's lists show.</param>
/// <param name="State">idle, running or cancelling.</param>
/// <param name="Message">What a person reads.</param>
/// <param name="Share">Of the training steps, 0…1.</param>
internal sealed record RunProgress(long Revision, string State, string Message, long Run = 0, int Epoch = 0, int Epochs = 0, long Step = 0, long Steps = 0, double Share = 0)
{
    public const string Idle = "idle", Running = "running", Cancelling = "cancelling";
}
