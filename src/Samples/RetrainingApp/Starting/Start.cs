using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Tasks;

namespace Samples.RetrainingApp.Starting;

/// <summary>What is done before the first request: clearing up after a process that was killed, and loading the model in service.</summary>
internal sealed class Start(ITask task, ImageStore images, VersionStore versions, RunStore runs, ModelFiles models, VersionSwitch service, OldVersions old, FirstImages first, DataHome home)
{
    public void Run()
    {
        images.Sweep();
        models.Sweep(versions.All());
        SweepCheckpoints();
        first.Add();
        task.CheckTeacher();
        service.Restore();
        old.Remove();
    }

    private void SweepCheckpoints()
    {
        var goesOn = runs.Running() is { } run ? home.Run(run.Id) : null;
        foreach (var folder in Directory.EnumerateDirectories(home.Runs).Where(folder => folder != goesOn).ToList())
            Directory.Delete(folder, recursive: true);
    }
}
