using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Predicting;

/// <summary>Puts versions into service: in the database first, then in memory.</summary>
internal sealed class VersionSwitch(VersionStore versions, RunStore runs, ModelFiles files, IPredictor predictor, OldVersions old, ILogger<VersionSwitch> log)
{
    private readonly Lock _gate = new();

    /// <summary>At the start: the version in service or, where its file is damaged, the one that served last before it.</summary>
    public void Restore()
    {
        var inService = versions.InService();
        foreach (var version in versions.All().Where(version => version is { Served: not null, Removed: null }).OrderByDescending(version => version.Id == inService).ThenByDescending(version => version.Served))
        {
            try
            {
                var model = files.Load(version);
                if (version.Id != inService)
                    versions.Serve(version.Id);
                predictor.Serve(model);
                return;
            }
            catch (Exception error) when (error is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
            {
                log.LogError("Version {Version} can't be served: {Reason} The one before it is tried.", version.Id, error.Message);
            }
        }
    }

    /// <param name="anyway">Also a version that was never shown to be as good as the one in service.</param>
    /// <exception cref="Refusal">There is no such version, it is worse, or its file is damaged.</exception>
    public void Serve(long id, bool anyway)
    {
        lock (_gate)
        {
            var version = versions.Find(id) ?? throw new Refusal(StatusCodes.Status404NotFound, $"There is no version {id}.");
            if (version.Removed is not null)
                throw new Refusal(StatusCodes.Status410Gone, $"Version {id} has no files any more: of the versions that don't serve, the last few are kept (--keep).");
            if (version is { Proven: false, Served: null } && !anyway)
                throw new Refusal(StatusCodes.Status409Conflict, $"Version {id} is not in service because: {version.Verdict} Say that it is to serve anyway.");
            if (predictor.Version == id)
                return;
            var model = Load(version);
            versions.Serve(id);
            predictor.Serve(model);
            old.Remove();
        }
    }

    /// <summary>Ends a run with its model.</summary>
    /// <returns>The version it became.</returns>
    public ModelVersion Complete(TrainingRun run, ModelVersion made, bool serve, long resumedAt)
    {
        lock (_gate)
        {
            var version = runs.Complete(run.Id, made, serve, resumedAt);
            if (serve)
                predictor.Serve(files.Load(version));
            old.Remove();
            return version;
        }
    }

    private LoadedModel Load(ModelVersion version)
    {
        try
        {
            return files.Load(version);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
        {
            throw new Refusal(StatusCodes.Status409Conflict, $"Version {version.Id} can't be served: {error.Message}");
        }
    }
}
