namespace Samples.RetrainingApp.Uploads;

/// <summary>A request that is not carried out, with the status and the sentence that its answer has.</summary>
internal sealed class Refusal(int status, string reason) : Exception(reason)
{
    public int Status => status;
}
