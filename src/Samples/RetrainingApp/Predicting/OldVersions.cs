using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Predicting;

/// <summary>
/// Deletes the files of versions that nobody is likely to go back to: all but the one in service, the one that it was made from, the one that a retraining goes on from, and of the others those that were made
/// or served last. What was said of them stays listed.
/// </summary>
internal sealed class OldVersions(VersionStore versions, RunStore runs, ModelFiles files, AppOptions options, ILogger<OldVersions> log)
{
    public void Remove()
    {
        var all = versions.All().Where(version => version.Removed is null).ToList();
        var inService = all.FirstOrDefault(version => version.Id == versions.InService());
        long?[] needed = [inService?.Id, inService?.Parent, runs.Running()?.Parent];
        var old = all.Where(version => !needed.Contains(version.Id)).OrderByDescending(LastUsed, StringComparer.Ordinal).ThenByDescending(version => version.Id).Skip(options.KeptVersions).ToList();
        if (old.Count == 0)
            return;
        versions.Remove(old);
        foreach (var version in old)
            Delete(version);
    }

    private static string LastUsed(ModelVersion version) => version.Served is { } served && string.CompareOrdinal(served, version.Made) > 0 ? served : version.Made;

    private void Delete(ModelVersion version)
    {
        try
        {
            files.Delete(version);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start finds them: no version that is listed as whole has them.
            log.LogWarning("The files of version {Version} can't be deleted: {Reason}", version.Id, error.Message);
        }
    }
}
