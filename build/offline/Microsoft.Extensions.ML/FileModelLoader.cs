using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.ML;

namespace Microsoft.Extensions.ML;

/// <summary>A model in a file. As the real one, it hears of writes into the file and not of another file renamed over it.</summary>
internal sealed class FileModelLoader : ModelLoader, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly MLContext _context;
    private readonly ILogger _log;
    private readonly string _path;
    private readonly FileSystemWatcher _watcher;
    private readonly Lock _reloading = new();
    private ITransformer _model;
    private ModelReloadToken _token = new();

    internal FileModelLoader(MLContext context, ILogger<FileModelLoader> log, string path, bool watch)
    {
        (_context, _log, _path) = (context, log, Path.GetFullPath(path));
        if (!File.Exists(path))
            throw new ArgumentException($"There is no model file '{path}'.", nameof(path));
        _model = Load();
        if (!watch)
            return;
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(_path), Path.GetFileName(_path));
        _watcher.Changed += (_, _) => Reload();
        _watcher.EnableRaisingEvents = true;
    }

    public override IChangeToken GetReloadToken() => Volatile.Read(ref _token);

    public override ITransformer GetModel() => Volatile.Read(ref _model);

    public void Dispose() => _watcher?.Dispose();

    private void Reload()
    {
        ModelReloadToken old;
        lock (_reloading)
        {
            try
            {
                Volatile.Write(ref _model, Load());
            }
            // Half a file, say: the model in service stays.
            catch (Exception fault)
            {
                _log.LogError(fault, "Reading the model file '{Path}' again failed.", _path);
                return;
            }
            old = Interlocked.Exchange(ref _token, new ModelReloadToken());
        }
        old.OnReload();
    }

    /// <summary>Waits while whoever writes the file keeps it to himself.</summary>
    private ITransformer Load()
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                using var file = File.OpenRead(_path);
                return _context.Model.Load(file, out _);
            }
            catch (IOException) when (DateTime.UtcNow < deadline)
            {
                Thread.Sleep(50);
            }
        }
    }
}
