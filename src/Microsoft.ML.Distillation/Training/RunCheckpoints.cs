using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A run's way into its checkpoints and back; without a folder it does nothing.</summary>
internal sealed class RunCheckpoints(CheckpointFolder? folder, LoopSettings settings, ITrainingTask task, TrainingState state, ProgressReporter progress)
{
    private const string Remedy = "Delete the folder to train from the beginning, or choose another CheckpointFolder.";

    private readonly IReadOnlyDictionary<string, string> _identity = folder is null
        ? new Dictionary<string, string>()
        : settings.Identity().Concat(task.Identity()).ToDictionary(i => i.Key, i => i.Value);

    private readonly IReadOnlyList<double> _teacherSample = folder is null ? [] : task.TeacherSample();

    public bool IsDueAt(long step) => folder?.IsDueAt(step) == true;

    public bool IsDueNow => folder?.IsDueNow == true;

    /// <summary>Takes up the run that the folder holds, if it holds one.</summary>
    /// <exception cref="InvalidOperationException">It is of other options or other data.</exception>
    public void Resume()
    {
        if (folder?.Warning is { } warning)
            progress.Warn(warning);
        if (folder?.Found is not { } found)
            return;
        Compare(found);
        var tensors = folder.ReadTensors();
        try
        {
            state.All.Restore(tensors);
        }
        catch (Exception error) when (error is KeyNotFoundException or ExternalException or ArgumentException)
        {
            throw new InvalidDataException(
                $"The checkpoint in '{folder.Name}' doesn't fit the networks of this version of the library; it was written with {Text(found.Choices)}. {Remedy}", error);
        }
        finally
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
        state.Record = found.Record;
        state.Clock.Add(found.Record.Seconds);
        progress.Resumed(folder.Name, found.Record);
    }

    /// <summary>Writes the state as it is. Where that fails, the run goes on, with what was written before.</summary>
    public void Save()
    {
        if (folder is null)
            return;
        progress.Saving();
        using var scope = NewDisposeScope();
        state.Record.Seconds = new Dictionary<string, double>(state.Clock.Seconds);
        var tensors = state.All.Tensors.ToList();
        var choices = new Dictionary<string, string>(Versions.All) { ["Device"] = task.Device.ToString() };
        try
        {
            folder.Save(new Checkpoint(_identity, _teacherSample, choices, state.Record, [.. tensors.Select(t => TensorEntry.Of(t.Name, t.Value))]), tensors.Select(t => t.Value));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            progress.Warn($"The checkpoint of step {state.Record.Step} can't be written to '{folder.Name}': {error.Message} The run goes on, and the checkpoint before stays.");
        }
    }

    private void Compare(Checkpoint found)
    {
        var differences = RunIdentity.Differences(found, _identity, _teacherSample);
        if (differences.Count > 0)
            throw new InvalidOperationException($"The checkpoint in '{folder!.Name}' is of another run. {string.Join(" ", differences)} Take the options and data it was made with. {Remedy}");
    }

    private static string Text(IReadOnlyDictionary<string, string> choices) => string.Join(", ", choices.Select(c => $"{c.Key} {c.Value}"));
}
