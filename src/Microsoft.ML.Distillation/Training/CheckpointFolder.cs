using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>
/// A folder that holds a run's last checkpoint and the one before it. Only one run at a time can have it open.
/// </summary>
internal sealed class CheckpointFolder : IDisposable
{
    public const string Last = "training.checkpoint", Earlier = "training.earlier.checkpoint", Unfinished = "training.checkpoint.unfinished", Lock = "training.lock", SeedFile = "training.seed";
    private readonly string _path;
    private readonly CheckpointOptions _options;
    private readonly Func<string, Stream> _create;
    private readonly FileStream _lock;
    private string? _found;
    private bool _lastIsWhole;
    private long _saved = Stopwatch.GetTimestamp();

    private CheckpointFolder(string path, CheckpointOptions options, Func<string, Stream> create, FileStream held)
    {
        (_path, _options, _create, _lock) = (path, options, create, held);
        Find();
    }

    /// <summary>The folder as messages name it.</summary>
    public string Name => _path;

    /// <summary>The newest whole checkpoint that was there when the folder was opened; null where there was none.</summary>
    public Checkpoint? Found { get; private set; }

    /// <summary>What is wrong with the last checkpoint where the one before it was found; null otherwise.</summary>
    public string? Warning { get; private set; }

    /// <summary>The seed of the run that was begun in the folder.</summary>
    public int? Seed
    {
        get
        {
            if (Found?.Identity.TryGetValue(nameof(LoopSettings.Seed), out var seed) == true)
                return int.Parse(seed, CultureInfo.InvariantCulture);
            return File.Exists(In(SeedFile)) && int.TryParse(File.ReadAllText(In(SeedFile)), CultureInfo.InvariantCulture, out var begun) ? begun : null;
        }
    }

    /// <param name="path">The folder, made where it is missing; null for none.</param>
    /// <param name="create">Makes the file that is written to; tests make ones that fail.</param>
    /// <exception cref="IOException">The folder can't be made, or another run has it open.</exception>
    /// <exception cref="InvalidDataException">There are checkpoints, and none of them is whole.</exception>
    public static CheckpointFolder? Open(string? path, CheckpointOptions options, Func<string, Stream>? create = null)
    {
        if (path is null)
            return null;
        var full = Path.GetFullPath(path);
        var held = Hold(full);
        try
        {
            return new CheckpointFolder(full, options, create ?? (file => new FileStream(file, FileMode.Create, FileAccess.Write)), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>A comparison's other trainings have checkpoints of their own beside those of the model that is returned.</summary>
    /// <param name="whole">The run's folder; null for none.</param>
    public static CheckpointFolder? OpenWithin(CheckpointFolder? whole, CheckpointOptions options, int seed, bool alone) =>
        OpenWithin(whole, options, FormattableString.Invariant($"{(alone ? "baseline" : "distilled")}-{seed}"));

    /// <summary>A folder for another training of the same run.</summary>
    /// <param name="whole">The run's folder; null for none.</param>
    public static CheckpointFolder? OpenWithin(CheckpointFolder? whole, CheckpointOptions options, string name) =>
        whole is null ? null : Open(Path.Combine(whole.Name, name), options);

    /// <summary>Whether a checkpoint is due after so many steps, by their number.</summary>
    public bool IsDueAt(long step) => _options.EverySteps is { } every && step % every == 0;

    /// <summary>Whether a checkpoint is due by the clock.</summary>
    public bool IsDueNow => _options.Every is { } every && Stopwatch.GetElapsedTime(_saved) >= every;

    /// <summary>Keeps a run's seed before there is any checkpoint: a comparison's first training has its checkpoints elsewhere.</summary>
    public void Begin(int seed)
    {
        if (Seed != seed)
            File.WriteAllText(In(SeedFile), seed.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The tensors of the checkpoint that was found; the caller disposes them.</summary>
    public Dictionary<string, Tensor> ReadTensors() => CheckpointFile.ReadTensors(_found!);

    /// <summary>Writes a checkpoint beside the last one and puts it in its place, when it is whole and on the disk.</summary>
    public void Save(Checkpoint checkpoint, IEnumerable<Tensor> tensors)
    {
        var unfinished = In(Unfinished);
        _saved = Stopwatch.GetTimestamp();
        Write(unfinished, checkpoint, tensors);
        if (_lastIsWhole)
            File.Move(In(Last), In(Earlier), overwrite: true);
        _lastIsWhole = false;
        File.Move(unfinished, In(Last), overwrite: true);
        _lastIsWhole = true;
    }

    /// <summary>Keeps, in a file of its own, what a run makes before its first step and could not make again bit for bit.</summary>
    public void Keep(string name, Checkpoint contents, IEnumerable<Tensor> tensors)
    {
        var unfinished = In($"{name}.unfinished");
        Write(unfinished, contents, tensors);
        File.Move(unfinished, In(name), overwrite: true);
    }

    /// <summary>What was kept; the caller disposes the tensors. Null where nothing was.</summary>
    /// <exception cref="InvalidDataException">It is not whole.</exception>
    public (Checkpoint Contents, Dictionary<string, Tensor> Tensors)? FindKept(string name) =>
        File.Exists(In(name)) ? (CheckpointFile.Read(In(name)), CheckpointFile.ReadTensors(In(name))) : null;

    public void Dispose() => _lock.Dispose();

    private void Write(string file, Checkpoint checkpoint, IEnumerable<Tensor> tensors)
    {
        try
        {
            using var stream = _create(file);
            CheckpointFile.Write(stream, checkpoint, tensors);
            stream.Flush();
            (stream as FileStream)?.Flush(flushToDisk: true);
        }
        catch (Exception error)
        {
            // What a full disk has room for is better used by others.
            File.Delete(file);
            if (error is ArgumentOutOfRangeException size)
                throw FileLimit.Reached(size);
            throw;
        }
    }

    private static FileStream Hold(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"CheckpointFolder '{path}' can't be made: {error.Message} Choose another folder.", error);
        }
        try
        {
            return new FileStream(Path.Combine(path, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"CheckpointFolder '{path}' is in use by another run, or can't be written to: {error.Message} Give each run a folder of its own.", error);
        }
    }

    private void Find()
    {
        var faults = new List<string>();
        // A run that was killed between two renames left a whole one under its first name.
        var unfinished = !File.Exists(In(Last)) && IsWhole(In(Unfinished));
        foreach (var file in new[] { unfinished ? Unfinished : Last, Earlier }.Where(file => File.Exists(In(file))))
        {
            try
            {
                Found = CheckpointFile.Read(In(file));
                _found = In(file);
                _lastIsWhole = file == Last;
                break;
            }
            catch (Exception error) when (error is InvalidDataException or IOException or System.Text.Json.JsonException or UnauthorizedAccessException)
            {
                faults.Add($"'{In(file)}' can't be used: {error.Message}");
            }
        }
        if (faults.Count == 0)
            return;
        if (Found is null)
            throw new InvalidDataException($"{string.Join("; ", faults)}. Delete the folder to train from the beginning, or choose another CheckpointFolder.");
        Warning = $"{faults[0]}; going on from the one before it.";
    }

    private static bool IsWhole(string file)
    {
        try
        {
            return File.Exists(file) && CheckpointFile.Read(file) is not null;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or System.Text.Json.JsonException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string In(string file) => Path.Combine(_path, file);
}
